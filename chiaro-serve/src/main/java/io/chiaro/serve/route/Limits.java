package io.chiaro.serve.route;

import java.time.Duration;

/**
 * What one request may ask for where whoever runs the server may choose; all of it is shown by {@code /info}, beside what is fixed.
 *
 * @param inputs most texts
 * @param inputCharacters most characters of a text
 * @param requestTokens most tokens of all its texts
 * @param hits most hits of a search
 * @param answerCharacters most characters of the texts of all its hits
 * @param deadline how long it may take, waiting included
 * @param truncates whether texts that are longer than the model's limit are cut unless a request says otherwise; if not,
 *     they are refused
 */
public record Limits(
        int inputs,
        int inputCharacters,
        int requestTokens,
        int hits,
        int answerCharacters,
        Duration deadline,
        boolean truncates) {

    /** 2,048 texts of at most 200,000 characters, 65,536 tokens together, 1,000 hits with 4 million characters, 30 seconds, and nothing is cut. */
    public static Limits defaults() {
        return new Limits(2048, 200_000, 65_536, 1000, 1 << 22, Duration.ofSeconds(30), false);
    }

    /** The same with another number of texts. */
    public Limits withInputs(int most) {
        return new Limits(most, inputCharacters, requestTokens, hits, answerCharacters, deadline, truncates);
    }

    /** The same with another number of tokens. */
    public Limits withRequestTokens(int most) {
        return new Limits(inputs, inputCharacters, most, hits, answerCharacters, deadline, truncates);
    }

    /** The same with other bounds of a search's answer. */
    public Limits withAnswerCharacters(int most) {
        return new Limits(inputs, inputCharacters, requestTokens, hits, most, deadline, truncates);
    }

    /** The same with another deadline. */
    public Limits withDeadline(Duration longest) {
        return new Limits(inputs, inputCharacters, requestTokens, hits, answerCharacters, longest, truncates);
    }

    /** The same, cutting or refusing what is too long. */
    public Limits withTruncation(boolean cuts) {
        return new Limits(inputs, inputCharacters, requestTokens, hits, answerCharacters, deadline, cuts);
    }
}
