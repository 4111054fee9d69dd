package io.chiaro.cli.console;

import picocli.CommandLine;

/** The version that the build wrote into the program's jar. */
public final class Version implements CommandLine.IVersionProvider {

    @Override
    public String[] getVersion() {
        return new String[] {"chiaro " + number()};
    }

    /** The number alone; {@code development} where classes did not come from a jar. */
    public static String number() {
        String version = Version.class.getPackage().getImplementationVersion();
        return version == null ? "development" : version;
    }
}
