package io.chiaro.pgvector;

import io.chiaro.core.ChiaroException;
import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;

/** Work on a database that is done as a whole or not at all. */
final class Transactions {

    private final DataSource source;
    private final String where;

    /** {@code where} begins every error. */
    Transactions(DataSource source, String where) {
        this.source = source;
        this.where = where;
    }

    /** What is done in one transaction. */
    @FunctionalInterface
    interface Work<T> {
        T on(Connection connection) throws SQLException;
    }

    /**
     * Does work and commits it.
     *
     * @param what completes "expected to"
     */
    <T> T run(String what, Work<T> work) {
        try (Connection connection = source.getConnection()) {
            connection.setAutoCommit(false);
            try {
                T result = work.on(connection);
                connection.commit();
                // A pool hands the connection to others.
                connection.setAutoCommit(true);
                return result;
            } catch (SQLException | RuntimeException | Error e) {
                undo(connection, e);
                throw e;
            }
        } catch (SQLException e) {
            SQLException said = e.getNextException() == null ? e : e.getNextException();
            throw ChiaroException.of(
                    ChiaroException.Kind.RESOURCES,
                    where + ": expected to " + what + ", but PostgreSQL says: " + said.getMessage()
                            + ". Nothing was changed. Mend that and try again.",
                    e);
        }
    }

    private static void undo(Connection connection, Throwable cause) {
        try {
            connection.rollback();
            connection.setAutoCommit(true);
        } catch (SQLException e) {
            // A connection that broke; the database undoes what it began.
            cause.addSuppressed(e);
        }
    }
}
