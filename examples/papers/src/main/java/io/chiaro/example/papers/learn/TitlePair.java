package io.chiaro.example.papers.learn;

/** A title and the abstract that stands below it: two texts that say the same, and nobody had to label them. */
public record TitlePair(String id, String title, String abstractText) {}
