package io.chiaro.example.papers.site;

import io.chiaro.example.papers.room.Paper;
import java.util.List;

/**
 * One page of many papers.
 *
 * @param number from 1
 * @param start how many papers stand on the pages before
 * @param more whether there is another page
 */
record Part(List<Paper> papers, int number, int start, boolean more) {

    static Part of(List<Paper> all, int number, int size) {
        int start = (int) Math.min((number - 1L) * size, all.size());
        int end = Math.min(start + size, all.size());
        return new Part(all.subList(start, end), number, start, end < all.size());
    }
}
