package dev.millrace.cli.console;

import java.util.ArrayList;
import java.util.List;

/// Rows under headings, each column as wide as it must be. Numbers stand to the right.
public final class Table {
    private final List<String[]> rows = new ArrayList<>();

    public Table(String... headings) {
        rows.add(headings);
    }

    public Table row(Object... cells) {
        String[] row = new String[cells.length];
        for (int i = 0; i < cells.length; i++) {
            row[i] = cells[i] instanceof Number n ? Figures.count(n.longValue()) : cells[i] + "";
        }
        rows.add(row);
        return this;
    }

    public void print(Console console) {
        int columns = rows.getFirst().length;
        int[] widths = new int[columns];
        boolean[] numbers = new boolean[columns];
        for (int c = 0; c < columns; c++) {
            numbers[c] = rows.size() > 1;
            for (int r = 0; r < rows.size(); r++) {
                String cell = rows.get(r)[c];
                widths[c] = Math.max(widths[c], cell.length());
                numbers[c] &= r == 0 || cell.matches("-|-?[0-9][0-9,.]*( [kMGT]?B)?");
            }
        }
        for (String[] row : rows) {
            StringBuilder line = new StringBuilder();
            for (int c = 0; c < columns; c++) {
                String pad = " ".repeat(widths[c] - row[c].length());
                line.append(c == 0 ? "" : "  ").append(numbers[c] ? pad + row[c] : row[c] + pad);
            }
            console.line(line.toString().stripTrailing());
        }
    }
}
