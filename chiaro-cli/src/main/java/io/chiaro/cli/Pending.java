package io.chiaro.cli;

import io.chiaro.core.ChiaroException;

/** What a command says until its service is merged. */
final class Pending {

    private Pending() {}

    static ChiaroException command(String name) {
        return ChiaroException.usage(name + ": this build does not do that yet.");
    }
}
