package io.chiaro.pgvector;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.postgresql.ds.PGSimpleDataSource;

/** A PostgreSQL server of its own, with its data in a temporary folder, on a free port of this machine. */
final class TemporaryPostgres implements AutoCloseable {

    private static final String USER = "chiaro";
    private static final Path DEBIAN = Path.of("/usr/lib/postgresql");

    private final Path programs;
    private final Path folder;
    private final int port;

    private TemporaryPostgres(Path programs, Path folder, int port) {
        this.programs = programs;
        this.folder = folder;
        this.port = port;
    }

    /**
     * The folder of the programs of a PostgreSQL that has pgvector: the one that {@code -Dchiaro.postgres} names, or the latest
     * that Debian installed.
     */
    static Optional<Path> programs() {
        String named = System.getProperty("chiaro.postgres", "");
        if (!named.isEmpty()) {
            return Optional.of(Path.of(named)).filter(TemporaryPostgres::hasVectors);
        }
        if (!Files.isDirectory(DEBIAN)) {
            return Optional.empty();
        }
        try (Stream<Path> versions = Files.list(DEBIAN)) {
            return versions.sorted(Comparator.reverseOrder())
                    .map(version -> version.resolve("bin"))
                    .filter(TemporaryPostgres::hasVectors)
                    .findFirst();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean hasVectors(Path programs) {
        if (!Files.isExecutable(programs.resolve("initdb"))) {
            return false;
        }
        Path shared = Path.of(run(List.of(programs.resolve("pg_config").toString(), "--sharedir")));
        return Files.exists(shared.resolve("extension/vector.control"));
    }

    /** Starts a server and waits until it answers. */
    static TemporaryPostgres start(Path programs) throws IOException {
        Path folder = Files.createTempDirectory("chiaro-postgres");
        if (isRoot()) {
            // PostgreSQL refuses to run as root.
            Files.setOwner(
                    folder,
                    folder.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName("nobody"));
        }
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        TemporaryPostgres server = new TemporaryPostgres(programs, folder, port);
        server.program("initdb", "-U", USER, "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync");
        String options = "-p " + port + " -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c fsync=off";
        server.program("pg_ctl", "-w", "-l", folder.resolve("log").toString(), "-o", options, "start");
        return server;
    }

    DataSource source() {
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setServerNames(new String[] {"127.0.0.1"});
        source.setPortNumbers(new int[] {port});
        source.setUser(USER);
        source.setDatabaseName("postgres");
        return source;
    }

    private static boolean isRoot() {
        return "root".equals(System.getProperty("user.name"));
    }

    private void program(String name, String... arguments) {
        List<String> command = new ArrayList<>();
        if (isRoot()) {
            command.addAll(List.of("runuser", "-u", "nobody", "--"));
        }
        command.addAll(List.of(
                programs.resolve(name).toString(), "-D", folder.resolve("data").toString()));
        command.addAll(List.of(arguments));
        run(command);
    }

    /** Runs a program to its end, which must be a good one. The server inherits the output, so it goes to a file. */
    private static String run(List<String> command) {
        try {
            Path output = Files.createTempFile("chiaro-postgres", ".txt");
            try {
                Process process = new ProcessBuilder(command)
                        .directory(output.getRoot().toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(output.toFile())
                        .start();
                int code = process.waitFor();
                String said = Files.readString(output, StandardCharsets.UTF_8).strip();
                assertThat(code).as("%s: %s", command, said).isZero();
                return said;
            } finally {
                Files.delete(output);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    @Override
    public void close() throws IOException {
        program("pg_ctl", "-w", "-m", "immediate", "stop");
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
