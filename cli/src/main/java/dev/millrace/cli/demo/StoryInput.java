package dev.millrace.cli.demo;

import dev.millrace.cli.console.CommandException;
import dev.millrace.cli.console.Figures;
import dev.millrace.cli.load.Line;
import dev.millrace.testkit.story.Story;
import java.io.IOException;

/// The generated story of the shop's bad afternoon.
final class StoryInput implements DemoInput {
    private final Story story;

    StoryInput(long seed, int events) {
        if (events < Story.MIN_EVENTS) {
            throw CommandException.usage(
                    "usage",
                    "--events %d: the story needs at least %d".formatted(events, Story.MIN_EVENTS));
        }
        story = Story.of(seed, events);
    }

    @Override
    public void forEach(Listener listener) throws IOException {
        Line line = new Line();
        long[] number = new long[1];
        Story.Listener<IOException> eachEvent =
                (bytes, length) -> {
                    line.set(bytes, 0, length, "story", ++number[0]);
                    listener.line(line);
                };
        story.forEach(eachEvent);
    }

    @Override
    public String describe() {
        return "%s generated events: an online shop on Kubernetes has a bad afternoon (seed %d)"
                .formatted(Figures.count(story.events()), story.seed());
    }
}
