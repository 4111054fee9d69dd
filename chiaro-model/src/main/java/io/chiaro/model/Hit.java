package io.chiaro.model;

/** A found document: its id and its score, where higher is better. */
public record Hit(String id, float score) {}
