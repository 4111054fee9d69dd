package io.chiaro.serve.route;

import io.chiaro.core.JsonObject;
import io.chiaro.serve.http.HttpProblem;
import java.util.ArrayList;
import java.util.List;

/** The texts of a request, which stand alone or in a list, held to the limits. */
final class Texts {

    private Texts() {}

    /** A text or a list of texts. */
    static List<String> of(Call call, JsonObject object, String key, Limits limits) {
        Object value = Call.value(object, key);
        if (value instanceof String text) {
            return List.of(checked(call, text, key, limits));
        }
        if (!(value instanceof List<?> list)) {
            throw call.unprocessable(
                    value == null
                            ? "expected a text or a list of texts at \"" + key + "\", but the key is missing."
                            : "expected a text or a list of texts at \"" + key + "\", but found something else.");
        }
        return of(call, list, key, limits);
    }

    /** The texts of a list that was read. */
    static List<String> of(Call call, List<?> list, String key, Limits limits) {
        refuseCount(call, list.size(), key, limits);
        List<String> texts = new ArrayList<>(list.size());
        for (Object item : list) {
            if (!(item instanceof String text)) {
                throw call.unprocessable(
                        "expected a text at \"" + key + "[" + texts.size() + "]\", but found something else.");
            }
            texts.add(checked(call, text, key + "[" + texts.size() + "]", limits));
        }
        return texts;
    }

    static void refuseCount(Call call, int count, String key, Limits limits) {
        if (count == 0) {
            throw call.unprocessable("expected at least one text at \"" + key + "\", but the list is empty.");
        }
        if (count > limits.inputs()) {
            throw HttpProblem.of(
                    413,
                    "expected at most " + limits.inputs() + " texts at \"" + key + "\", but found " + count
                            + ". Send them in several requests.");
        }
    }

    static String checked(Call call, String text, String where, Limits limits) {
        if (text.length() > limits.inputCharacters()) {
            throw HttpProblem.of(
                    413,
                    "expected a text of at most " + limits.inputCharacters() + " characters at \"" + where
                            + "\", but found " + text.length() + ". Send it in parts.");
        }
        return text;
    }
}
