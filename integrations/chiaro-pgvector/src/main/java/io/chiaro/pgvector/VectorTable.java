package io.chiaro.pgvector;

import io.chiaro.core.ChiaroException;
import io.chiaro.core.Json;
import io.chiaro.core.metric.DocumentOrder;
import io.chiaro.model.Document;
import io.chiaro.model.Embedder;
import io.chiaro.model.Hit;
import io.chiaro.model.Metadata;
import io.chiaro.model.ModelDescription;
import io.chiaro.model.Ranker;
import io.chiaro.model.TextRole;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * A table of PostgreSQL with the columns {@code id}, {@code title}, {@code text}, {@code metadata} and {@code embedding}, and the memory of the model
 * that fills it. Documents and queries of another model, or of the same with other prompts, are refused: their numbers would mean
 * nothing here. The table is an ordinary one; further columns that have a default, joins, rights and backups are the owner's.
 *
 * <p>Without a graph every vector is compared, which is exact. {@link #createGraph} trades a little of that for speed. Scores are
 * cosines; equal ones come in the order of {@link DocumentOrder}, and which of those that are equal at the last place come is the
 * database's choice.
 *
 * <p>Any number of threads may use it, as far as the data source and the embedder may. Connections are returned after each call.
 */
public final class VectorTable {

    private static final int MOST_DIMENSIONS = 16_000;
    private static final int MOST_DIMENSIONS_OF_A_GRAPH = 2_000;
    /** Beyond it pgvector cannot be told to look; a search for more compares every vector. */
    private static final int MOST_CANDIDATES = 1_000;

    private static final int LEAST_CANDIDATES = 100;
    private static final int WINDOW = 512;

    private final Transactions transactions;
    private final TableName name;
    private final String where;
    private final TableDescription description;

    private VectorTable(Transactions transactions, TableName name, String where, TableDescription description) {
        this.transactions = transactions;
        this.name = name;
        this.where = where;
        this.description = description;
    }

    /**
     * Makes a table for a model, or opens the one that is there for it. Makes the extension too where it is missing, if the user
     * of the database may.
     *
     * @param table small letters, digits and {@code _}, with its schema and a dot before it or without
     * @param model with at most 16,000 dimensions
     * @throws ChiaroException if the name is taken by another model's table or by any other table, or the database cannot do it
     */
    public static VectorTable create(DataSource source, String table, ModelDescription model) {
        TableName name = TableName.of(table);
        String where = "table " + table;
        if (model.dimension() > MOST_DIMENSIONS) {
            throw ChiaroException.model(where + ": expected at most " + MOST_DIMENSIONS + " dimensions, but "
                    + model.name() + " has " + model.dimension() + ". Shorten the vectors.");
        }
        Transactions transactions = new Transactions(source, where);
        TableDescription found = transactions.run("make the table, with pgvector installed", connection -> {
            // Two that make the same table at once would both find none.
            ask(connection, "SELECT pg_advisory_xact_lock(hashtext(?))", "chiaro " + table);
            Optional<String> comment = comment(connection, name);
            if (comment.isPresent()) {
                return TableDescription.read(where, comment.get());
            }
            make(connection, name, TableDescription.of(model));
            return TableDescription.of(model);
        });
        found.refuseOther(where, model);
        return new VectorTable(transactions, name, where, found);
    }

    private static void make(Connection connection, TableName name, TableDescription description) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("CREATE EXTENSION IF NOT EXISTS vector");
            statement.execute("CREATE TABLE " + name.quoted()
                    + " (id text PRIMARY KEY, title text NOT NULL, text text NOT NULL, metadata json NOT NULL, embedding vector("
                    + description.dimension() + ") NOT NULL)");
            // A comment takes no parameters; the database quotes it.
            statement.execute("COMMENT ON TABLE " + name.quoted() + " IS "
                    + ask(connection, "SELECT quote_literal(?::text)", description.comment()));
        }
    }

    /**
     * Opens a table.
     *
     * @throws ChiaroException if there is none, or one that Chiaro did not make
     */
    public static VectorTable open(DataSource source, String table) {
        TableName name = TableName.of(table);
        String where = "table " + table;
        Transactions transactions = new Transactions(source, where);
        String comment = transactions
                .run("read the table's comment", connection -> comment(connection, name))
                .orElseThrow(() -> ChiaroException.model(
                        where + ": expected a table, but found none. Create it first, or look at the search path."));
        return new VectorTable(transactions, name, where, TableDescription.read(where, comment));
    }

    /** The comment of a table, empty if it has none; nothing if there is no such table. */
    private static Optional<String> comment(Connection connection, TableName name) throws SQLException {
        return Optional.ofNullable(ask(
                connection,
                "SELECT coalesce(obj_description(oid, 'pg_class'), '') FROM pg_class WHERE oid = to_regclass(?)",
                name.quoted()));
    }

    /** The first column of the first row of an answer. */
    private static @Nullable String ask(Connection connection, String query, String parameter) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(query)) {
            statement.setString(1, parameter);
            try (ResultSet rows = statement.executeQuery()) {
                return rows.next() ? rows.getString(1) : null;
            }
        }
    }

    /** Which model fills the table. */
    public TableDescription description() {
        return description;
    }

    /** How many documents it holds. */
    public long count() {
        return transactions.run("count the rows", connection -> {
            try (Statement statement = connection.createStatement();
                    ResultSet rows = statement.executeQuery("SELECT count(*) FROM " + name.quoted())) {
                rows.next();
                return rows.getLong(1);
            }
        });
    }

    /**
     * Embeds documents and adds them, all or, after an error, none; one whose id the table holds replaces that one. Memory does
     * not grow with the texts, only with the ids.
     *
     * @param documents ids each once; the caller closes the stream
     * @param embedder the model that fills the table
     * @return how many
     * @throws ChiaroException if the embedder is another model, an id comes twice, a text or a vector cannot be stored, or the
     *     database does not take them
     */
    public int add(Stream<Document> documents, Embedder embedder) {
        description.refuseOther(where, embedder.description());
        return transactions.run("add documents", connection -> {
            Set<String> ids = new HashSet<>();
            List<Document> window = new ArrayList<>();
            for (Iterator<Document> all = documents.iterator(); all.hasNext(); ) {
                window.add(all.next());
                if (window.size() == WINDOW || !all.hasNext()) {
                    List<String> texts = window.stream().map(Document::content).toList();
                    put(connection, ids, window, embedder.embed(texts, TextRole.DOCUMENT));
                    window.clear();
                }
            }
            return ids.size();
        });
    }

    /**
     * Adds documents whose vectors are known, all or none.
     *
     * @param documents ids each once
     * @param vectors one for each, made by the model that fills the table
     * @throws ChiaroException as {@link #add(Stream, Embedder)}
     */
    public void add(List<Document> documents, float[][] vectors) {
        if (documents.size() != vectors.length) {
            throw new IllegalArgumentException("VectorTable: expected a vector for each of " + documents.size()
                    + " documents, but found " + vectors.length);
        }
        transactions.run("add documents", connection -> {
            put(connection, new HashSet<>(), documents, vectors);
            return documents.size();
        });
    }

    private void put(Connection connection, Set<String> ids, List<Document> documents, float[][] vectors)
            throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(
                "INSERT INTO " + name.quoted()
                        + " (id, title, text, metadata, embedding) VALUES (?, ?, ?, ?::json, ?::vector) ON CONFLICT (id) DO UPDATE"
                        + " SET title = excluded.title, text = excluded.text, metadata = excluded.metadata, embedding = excluded.embedding")) {
            for (int i = 0; i < vectors.length; i++) {
                Document document = documents.get(i);
                if (!ids.add(document.id())) {
                    throw ChiaroException.data(where + ": expected every id once, but found " + document.id()
                            + " again. Give each document an id of its own.");
                }
                statement.setString(1, storable(document, document.id()));
                statement.setString(2, storable(document, document.title()));
                statement.setString(3, storable(document, document.text()));
                document.metadata()
                        .values()
                        .values()
                        .forEach(value -> value.words().forEach(word -> storable(document, word)));
                statement.setString(4, Json.line(document.metadata().plain()));
                statement.setString(
                        5, Vectors.literal(where + ", document " + document.id(), vectors[i], description.dimension()));
                statement.addBatch();
            }
            statement.executeBatch();
        }
    }

    private String storable(Document document, String text) {
        if (text.indexOf(0) >= 0) {
            throw ChiaroException.data(
                    where + ", document " + document.id().replace("\0", "\\0")
                            + ": expected no character U+0000, which PostgreSQL cannot keep in a text, but found one. Take it out.");
        }
        return text;
    }

    /**
     * Deletes documents; ids that the table does not hold change nothing.
     *
     * @return how many were there
     */
    public int delete(Collection<String> ids) {
        return transactions.run("delete documents", connection -> {
            try (PreparedStatement statement =
                    connection.prepareStatement("DELETE FROM " + name.quoted() + " WHERE id = ANY (?)")) {
                statement.setArray(1, connection.createArrayOf("text", ids.toArray()));
                return statement.executeUpdate();
            }
        });
    }

    /**
     * Builds pgvector's HNSW graph over the vectors; it is kept as documents come and go. Building takes a while and waits for
     * nobody's reading, only for writing. Wants pgvector 0.5 or later.
     *
     * @throws ChiaroException if there is one, or the model has more than 2,000 dimensions
     */
    public void createGraph(HnswSettings settings) {
        if (description.dimension() > MOST_DIMENSIONS_OF_A_GRAPH) {
            throw ChiaroException.model(where + ": expected at most " + MOST_DIMENSIONS_OF_A_GRAPH
                    + " dimensions for a graph, but found " + description.dimension() + ". Shorten the vectors.");
        }
        transactions.run("build a graph", connection -> {
            try (Statement statement = connection.createStatement()) {
                statement.execute("CREATE INDEX " + name.graph() + " ON " + name.quoted()
                        + " USING hnsw (embedding vector_cosine_ops) WITH (m = " + settings.neighbours()
                        + ", ef_construction = " + settings.beam() + ")");
                return settings;
            }
        });
    }

    /**
     * The documents nearest to a query, best first.
     *
     * @param embedder the model that fills the table
     * @param k how many at most, at least 1
     * @throws ChiaroException if the embedder is another model, or the database cannot answer
     */
    public List<TableHit> search(String query, Embedder embedder, int k) {
        description.refuseOther(where, embedder.description());
        return search(embedder.embed(List.of(query), TextRole.QUERY)[0], k);
    }

    /**
     * The documents nearest to a vector of the model that fills the table, best first.
     *
     * @param k how many at most, at least 1
     * @throws ChiaroException if the vector has another dimension, or the database cannot answer
     */
    public List<TableHit> search(float[] vector, int k) {
        if (k < 1) {
            throw new IllegalArgumentException("VectorTable: expected at least 1 hit to ask for, but found " + k);
        }
        String literal = Vectors.literal(where + ", query", vector, description.dimension());
        List<TableHit> hits = transactions.run("search", connection -> {
            look(connection, k);
            return nearest(connection, literal, k);
        });
        hits.sort((a, b) -> DocumentOrder.compare(a.score(), a.id(), b.score(), b.id()));
        return List.copyOf(hits);
    }

    /** Tells a graph, if there is one, how far to look in this transaction. */
    private static void look(Connection connection, int k) throws SQLException {
        if (k > MOST_CANDIDATES) {
            ask(connection, "SELECT set_config('enable_indexscan', ?, true)", "off");
            return;
        }
        long candidates = Math.max(LEAST_CANDIDATES, Math.min(MOST_CANDIDATES, 4L * k));
        ask(connection, "SELECT set_config('hnsw.ef_search', ?, true)", String.valueOf(candidates));
    }

    private List<TableHit> nearest(Connection connection, String literal, int k) throws SQLException {
        try (PreparedStatement statement =
                connection.prepareStatement("SELECT id, title, text, metadata, 1 - (embedding <=> ?::vector) FROM "
                        + name.quoted() + " ORDER BY embedding <=> ?::vector LIMIT ?")) {
            statement.setString(1, literal);
            statement.setString(2, literal);
            statement.setInt(3, k);
            List<TableHit> hits = new ArrayList<>();
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    String id = rows.getString(1);
                    Metadata metadata = Metadata.from(
                            Json.parse(ChiaroException.Kind.MODEL, where + ", document " + id, rows.getString(4)));
                    hits.add(new TableHit(
                            id, (float) rows.getDouble(5), rows.getString(2), rows.getString(3), metadata));
                }
            }
            return hits;
        }
    }

    /** Puts the table before {@code chiaro-eval}. The embedder stays with the caller. */
    public Ranker ranker(Embedder embedder) {
        description.refuseOther(where, embedder.description());
        return new Ranker() {
            @Override
            public List<Hit> rank(String query, int depth) {
                return search(query, embedder, depth).stream()
                        .map(hit -> new Hit(hit.id(), hit.score()))
                        .toList();
            }

            @Override
            public String name() {
                return description.modelName();
            }

            @Override
            public String description() {
                return description.modelName() + " in PostgreSQL, " + where;
            }

            @Override
            public void close() {}
        };
    }
}
