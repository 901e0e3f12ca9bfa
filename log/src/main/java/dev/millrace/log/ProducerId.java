package dev.millrace.log;

/// Who appends batches so that each is appended once, however often it is sent: see
/// [LocalLog#newProducer].
///
/// @param id never given twice
/// @param epoch which life of the producer it is; a higher one fences those below
public record ProducerId(long id, int epoch) {

    /// The next life of the same producer. Its first batch in a partition fences this one there,
    /// and its sequences begin with 0.
    ///
    /// @throws IllegalStateException behind epoch 32,767: then a new producer is needed
    public ProducerId nextEpoch() {
        if (epoch == Short.MAX_VALUE) {
            throw new IllegalStateException("producer %d has used its epochs up".formatted(id));
        }
        return new ProducerId(id, epoch + 1);
    }
}
