package io.chiaro.core;

import java.util.List;

/** Rows of cells as lines of text whose columns stand below each other: the first set flush left, the others right. */
public final class TextTable {

    private TextTable() {}

    /**
     * The lines, each with its end.
     *
     * @param rows of as many cells each
     */
    public static String of(List<List<String>> rows) {
        int columns = rows.isEmpty() ? 0 : rows.get(0).size();
        int[] width = new int[columns];
        for (List<String> row : rows) {
            for (int i = 0; i < columns; i++) {
                width[i] = Math.max(width[i], row.get(i).length());
            }
        }
        StringBuilder text = new StringBuilder();
        for (List<String> row : rows) {
            for (int i = 0; i < columns; i++) {
                String cell = row.get(i);
                String space = " ".repeat(width[i] - cell.length());
                text.append(i == 0 ? cell + space : "  " + space + cell);
            }
            text.append('\n');
        }
        return text.toString();
    }
}
