package io.chiaro.cli;

import io.chiaro.cli.console.Output;
import io.chiaro.cli.judging.Judging;
import io.chiaro.core.ChiaroException;
import io.chiaro.data.DataCheck;
import io.chiaro.data.Roles;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Checks data files. */
final class DataChecking {

    private DataChecking() {}

    /** Checks, says the table, and returns the check; fails at the end if rows are not usable. */
    static Object run(Output output, List<Path> files, @Nullable String roles) {
        DataCheck check = DataCheck.of(
                files.stream().map(Judging::located).toList(),
                roles == null ? Optional.empty() : Optional.of(Roles.parse(roles)),
                Optional.empty());
        output.say(check.table().stripTrailing());
        return check;
    }

    /** Ends the command with the exit code of data if rows are not usable. */
    static void refuseBadRows(Object result) {
        if (result instanceof DataCheck check) {
            long bad = check.splits().stream()
                    .mapToLong(split -> split.skipped().total())
                    .sum();
            if (bad > 0) {
                throw ChiaroException.data("data check: " + bad + (bad == 1 ? " row" : " rows")
                        + " cannot be used as the roles say; see above.");
            }
        }
    }
}
