package io.chiaro.model;

import ai.djl.huggingface.tokenizers.jni.CharSpan;
import ai.djl.huggingface.tokenizers.jni.LibUtils;
import ai.djl.huggingface.tokenizers.jni.TokenizersLibrary;
import io.chiaro.core.ChiaroException;
import io.chiaro.core.Hashes;
import io.chiaro.core.Json;
import io.chiaro.core.JsonObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Turns text into the ids that an encoder reads, by the rules of a Hugging Face {@code tokenizer.json}. The file's own
 * {@code truncation} and {@code padding} are ignored: they are leftovers of whoever saved it, not the model's limit, and
 * the limit is an argument here.
 *
 * <p>Safe for use by several threads. Holds native memory: close it when done; use after close is an
 * {@link IllegalStateException}, and closing waits for calls that run.
 */
public final class Tokenizer implements AutoCloseable {

    /**
     * Texts are first tried on a prefix of so many characters for each wanted token, so that a very long text does not
     * cost memory for tokens that are cut off anyway.
     */
    private static final int CHARACTERS_PER_TOKEN = 32;

    private static final int SHORT_TEXT = 1 << 14;

    private final byte[] json;
    private final String hash;
    private final TokenizerFile file;
    private final long handle;
    private final int prefix;
    private final int suffix;
    private final BitSet framing = new BitSet();
    private volatile @Nullable PairFrame pairFrame;
    private final ReadWriteLock lock = new ReentrantReadWriteLock();
    private boolean closed;

    private Tokenizer(byte[] json, TokenizerFile file, long handle) {
        this.json = json;
        this.hash = Hashes.sha256(json);
        this.file = file;
        this.handle = handle;
        int[] content = ids("a", false);
        int[] whole = ids("a", true);
        int start = indexOf(whole, content);
        this.prefix = start;
        this.suffix = whole.length - start - content.length;
        for (int i = 0; i < whole.length; i++) {
            if (i < prefix || i >= whole.length - suffix) {
                framing.set(whole[i]);
            }
        }
    }

    /**
     * A tokenizer from the bytes of a {@code tokenizer.json}.
     *
     * @throws ChiaroException of kind model if they are not a tokenizer; of kind resources if the native library of the
     *     tokenizers cannot be loaded on this machine
     */
    public static Tokenizer of(byte[] tokenizerJson) {
        return create("tokenizer.json", tokenizerJson.clone());
    }

    /** A tokenizer from a {@code tokenizer.json}; errors as {@link #of(byte[])}, with the path. */
    public static Tokenizer open(Path tokenizerJson) {
        Path path = tokenizerJson.toAbsolutePath();
        try {
            return create(path.toString(), Files.readAllBytes(path));
        } catch (IOException e) {
            throw ChiaroException.of(
                    ChiaroException.Kind.MODEL,
                    path
                            + ": expected a readable tokenizer.json, but found none. A model needs that file; models with only"
                            + " vocab.txt must be converted first.",
                    e);
        }
    }

    private static Tokenizer create(String where, byte[] json) {
        String text = new String(json, StandardCharsets.UTF_8);
        JsonObject object = Json.parse(ChiaroException.Kind.MODEL, where, text);
        TokenizerFile file = TokenizerFile.of(object);
        TokenizersLibrary library = library();
        long handle;
        try {
            handle = library.createTokenizerFromString(text);
        } catch (RuntimeException e) {
            throw ChiaroException.of(
                    ChiaroException.Kind.MODEL,
                    where + ": expected a tokenizer.json of the Hugging Face tokenizers, but found: " + e.getMessage()
                            + ". Save the tokenizer again.",
                    e);
        }
        try {
            library.disableTruncation(handle);
            library.disablePadding(handle);
            return new Tokenizer(json, file, handle);
        } catch (RuntimeException e) {
            library.deleteTokenizer(handle);
            throw e;
        }
    }

    private static TokenizersLibrary library() {
        // Read once, when the library's classes are loaded: no download, no search for a GPU's flavour, and no warning
        // about a GPU that a tokenizer does not use.
        setDefault("ai.djl.offline", "true");
        setDefault("RUST_FLAVOR", "cpu");
        setDefault("org.slf4j.simpleLogger.log.ai.djl", "error");
        try {
            LibUtils.checkStatus();
            return TokenizersLibrary.LIB;
        } catch (LinkageError | RuntimeException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw ChiaroException.of(
                    ChiaroException.Kind.RESOURCES,
                    "Tokenizer: expected to load the native tokenizers library, but found: " + cause.getMessage()
                            + ". It needs glibc and a folder it may write to: ~/.djl.ai, or the one that DJL_CACHE_DIR"
                            + " names.",
                    e);
        }
    }

    private static void setDefault(String property, String value) {
        if (System.getProperty(property) == null) {
            System.setProperty(property, value);
        }
    }

    /** Whether a text has more tokens than {@code most}, special tokens included, so that its end would be cut. */
    public boolean exceeds(String text, int most) {
        // One token more than there is room for tells a text that is too long from one that just fits.
        return encode(text, most + 1).length > most;
    }

    /**
     * The ids of a text with the special tokens around it. A longer text loses tokens from its right end, never the
     * special tokens.
     *
     * @param maxTokens most ids wanted, special tokens counted
     * @return at least the special tokens, at most maxTokens ids
     */
    public int[] encode(String text, int maxTokens) {
        if (maxTokens <= prefix + suffix) {
            throw new IllegalArgumentException("Tokenizer.encode: expected room for more than the " + (prefix + suffix)
                    + " special tokens, but maxTokens is " + maxTokens);
        }
        String clean = withoutLoneSurrogates(text);
        long window = Math.max(SHORT_TEXT, (long) CHARACTERS_PER_TOKEN * maxTokens);
        while (window < clean.length() && file.splitsAtSpaces()) {
            int end = lastSpace(clean, (int) window);
            if (end > 0) {
                int[] ids = locked(clean.substring(0, end));
                if (ids.length >= maxTokens) {
                    return cut(ids, maxTokens);
                }
            }
            window *= 4;
        }
        return cut(locked(clean), maxTokens);
    }

    /** The ids of several texts, in their order, each as by {@link #encode(String, int)}. */
    public List<int[]> encodeAll(List<String> texts, int maxTokens) {
        List<int[]> all = new ArrayList<>(texts.size());
        for (String text : texts) {
            all.add(encode(text, maxTokens));
        }
        return all;
    }

    /**
     * The tokens of a whole text, with the parts that they stand for.
     *
     * @param withSpecialTokens whether the tokens around a text are wanted too
     */
    public List<Token> tokens(String text, boolean withSpecialTokens) {
        String clean = withoutLoneSurrogates(text);
        return locked(() -> {
            TokenizersLibrary library = TokenizersLibrary.LIB;
            long encoding = library.encode(handle, clean, withSpecialTokens);
            try {
                long[] ids = library.getTokenIds(encoding);
                long[] special = library.getSpecialTokenMask(encoding);
                String[] names = library.getTokens(encoding);
                CharSpan[] spans = library.getTokenCharSpans(encoding);
                List<Token> tokens = new ArrayList<>(ids.length);
                for (int i = 0; i < ids.length; i++) {
                    boolean placed = special[i] == 0 && spans[i] != null;
                    tokens.add(new Token(
                            (int) ids[i],
                            names[i],
                            special[i] != 0,
                            placed ? spans[i].getStart() : 0,
                            placed ? spans[i].getEnd() : 0));
                }
                return tokens;
            } finally {
                library.deleteEncoding(encoding);
            }
        });
    }

    /**
     * Ids with the special tokens around them, as {@link #encode} puts them around a text.
     *
     * @param content ids without special tokens
     */
    public int[] frame(int[] content) {
        int[] around = locked(() -> ids("a", true));
        int[] whole = new int[content.length + prefix + suffix];
        System.arraycopy(around, 0, whole, 0, prefix);
        System.arraycopy(content, 0, whole, prefix, content.length);
        System.arraycopy(around, around.length - suffix, whole, prefix + content.length, suffix);
        return whole;
    }

    /**
     * The ids of two texts as one input, with the special tokens before, between and behind them. Texts that are too long together
     * lose tokens from their right ends, the longer one first; the special tokens stay. The ids are those of the Hugging Face
     * tokenizers' {@code longest_first}, but for a token: where each text alone is beyond the limit and the room for both is odd,
     * the second has one more than the first, whichever is longer.
     *
     * @param first a query
     * @param maxTokens most ids wanted, special tokens counted
     * @throws ChiaroException of kind model if the tokenizer.json does not put two texts behind each other as a BERT reads them
     */
    public PairTokens encodePair(String first, String second, int maxTokens) {
        // Cut no shorter than the pair can hold of one text alone, so that what is cut here would be cut anyway.
        int most = maxTokens + pairFrame().size();
        return framePair(encode(first, most), encode(second, most), maxTokens);
    }

    /**
     * Two texts as one input, as {@link #encodePair}.
     *
     * @param first ids with the special tokens around them, as {@link #encode} gives them
     * @param second the same
     */
    public PairTokens framePair(int[] first, int[] second, int maxTokens) {
        PairFrame frame = pairFrame();
        if (maxTokens < frame.size() + 2) {
            throw new IllegalArgumentException("Tokenizer.framePair: expected room for more than the " + frame.size()
                    + " special tokens and a token of each text, but maxTokens is " + maxTokens);
        }
        return frame.around(content(first), content(second), maxTokens);
    }

    /** How many ids two texts have as one input, if nothing is cut; each framed, as {@link #framePair} takes them. */
    public int pairTokens(int[] first, int[] second) {
        return first.length + second.length - 2 * specialTokens() + pairFrame().size();
    }

    private int[] content(int[] framed) {
        return java.util.Arrays.copyOfRange(framed, prefix, framed.length - suffix);
    }

    /** Found once: it depends on the file alone, so that two threads that find it at once find the same. */
    private PairFrame pairFrame() {
        PairFrame known = pairFrame;
        if (known == null) {
            known = locked(this::findPairFrame);
            pairFrame = known;
        }
        return known;
    }

    private PairFrame findPairFrame() {
        TokenizersLibrary library = TokenizersLibrary.LIB;
        long encoding = library.encodeDual(handle, "a", "a", true);
        try {
            return PairFrame.of(
                    narrow(library.getTokenIds(encoding)), narrow(library.getTypeIds(encoding)), ids("a", false));
        } catch (IllegalStateException e) {
            throw file.json()
                    .error("expected a post_processor that frames two texts, but " + e.getMessage()
                            + ". Use the tokenizer of a BERT encoder.");
        } finally {
            library.deleteEncoding(encoding);
        }
    }

    /** The largest id plus one: rows that the model's token table must have at least. */
    public int vocabularySize() {
        return file.vocabularySize();
    }

    /** The id of the padding token, by its name {@code [PAD]} or {@code <pad>}. */
    public int padId() {
        return file.special(TokenizerFile.Special.PAD);
    }

    /** The id of the token that begins a text, {@code [CLS]} or {@code <s>}. */
    public int clsId() {
        return file.special(TokenizerFile.Special.CLS);
    }

    /** The id of the token that ends a text, {@code [SEP]} or {@code </s>}. */
    public int sepId() {
        return file.special(TokenizerFile.Special.SEP);
    }

    /** The id of the token that hides another, {@code [MASK]} or {@code <mask>}. */
    public int maskId() {
        return file.special(TokenizerFile.Special.MASK);
    }

    /** The id of the token for what the vocabulary lacks, {@code [UNK]} or {@code <unk>}. */
    public int unknownId() {
        return file.special(TokenizerFile.Special.UNKNOWN);
    }

    /** The id of a token by its name in the vocabulary, if it has one. */
    public OptionalInt id(String token) {
        return file.id(token);
    }

    /** The names of all tokens by id, of a WordPiece vocabulary; empty for others. */
    public Optional<List<String>> wordPieces() {
        return file.wordPieces();
    }

    /**
     * The ids of two texts as one input, with those that lost tokens told apart.
     *
     * @param maxTokens most ids of a pair, special tokens counted
     */
    public TokenReranker.Prepared encodePairs(String first, List<String> seconds, int maxTokens) {
        // Cut no shorter than the pair can hold of one text alone, so that what is too long can be told.
        int most = maxTokens + pairFrame().size();
        int[] asked = encode(first, most);
        List<PairTokens> pairs = new ArrayList<>(seconds.size());
        BitSet cut = new BitSet();
        for (String second : seconds) {
            int[] told = encode(second, most);
            cut.set(pairs.size(), pairTokens(asked, told) > maxTokens);
            pairs.add(framePair(asked, told, maxTokens));
        }
        return new TokenReranker.Prepared(pairs, cut);
    }

    /** How many special tokens {@link #encode} puts around a text. */
    public int specialTokens() {
        return prefix + suffix;
    }

    /** Whether one token is put before every text and one behind it, as readers assume who know nothing but the vocabulary. */
    boolean hasPlainFrame() {
        return prefix == 1 && suffix == 1;
    }

    /** Whether {@link #encode} puts this id around every text, as [CLS], [SEP] and the tokens of a soft prompt. */
    public boolean frames(int id) {
        return framing.get(id);
    }

    /**
     * A tokenizer that does the same and puts so many new special tokens before every text, behind the one that begins it.
     * Their ids are those from {@link #vocabularySize} on. They are ordinary tokens of its tokenizer.json, so that every
     * reader of that file puts them in; a text that holds one by name loses it.
     *
     * @return another tokenizer, which the caller closes like this one
     * @throws ChiaroException of kind model if the tokenizer.json does not tell where a text begins, or its vocabulary cannot grow
     */
    public Tokenizer withLeadingTokens(int count) {
        if (count < 1) {
            throw new IllegalArgumentException(
                    "Tokenizer.withLeadingTokens: expected at least one token, but found " + count);
        }
        return of(LeadingTokens.insert(file.json(), vocabularySize(), count));
    }

    /** SHA-256 of the tokenizer.json, in hexadecimal. */
    public String hash() {
        return hash;
    }

    /** The bytes of the tokenizer.json. */
    public byte[] json() {
        return json.clone();
    }

    TokenizerFile file() {
        return file;
    }

    /** Frees the native memory; a second call does nothing. */
    @Override
    public void close() {
        Lock write = lock.writeLock();
        write.lock();
        try {
            if (!closed) {
                closed = true;
                TokenizersLibrary.LIB.deleteTokenizer(handle);
            }
        } finally {
            write.unlock();
        }
    }

    private int[] locked(String text) {
        return locked(() -> ids(text, true));
    }

    private <T> T locked(Supplier<T> work) {
        // Closing during a call would free memory that the native code reads.
        Lock read = lock.readLock();
        read.lock();
        try {
            if (closed) {
                throw new IllegalStateException("Tokenizer: used after it was closed");
            }
            return work.get();
        } finally {
            read.unlock();
        }
    }

    private int[] ids(String text, boolean withSpecialTokens) {
        TokenizersLibrary library = TokenizersLibrary.LIB;
        long encoding = library.encode(handle, text, withSpecialTokens);
        try {
            return narrow(library.getTokenIds(encoding));
        } finally {
            library.deleteEncoding(encoding);
        }
    }

    private static int[] narrow(long[] wide) {
        int[] ids = new int[wide.length];
        for (int i = 0; i < wide.length; i++) {
            ids[i] = (int) wide[i];
        }
        return ids;
    }

    private int[] cut(int[] ids, int maxTokens) {
        if (ids.length <= maxTokens) {
            return ids;
        }
        int[] cut = java.util.Arrays.copyOf(ids, maxTokens);
        System.arraycopy(ids, ids.length - suffix, cut, maxTokens - suffix, suffix);
        return cut;
    }

    private static int lastSpace(String text, int end) {
        for (int i = end; i > 0; i--) {
            if (text.charAt(i) == ' ' || text.charAt(i) == '\n') {
                return i;
            }
        }
        return 0;
    }

    private static int indexOf(int[] whole, int[] part) {
        for (int start = 0; start + part.length <= whole.length; start++) {
            if (java.util.Arrays.equals(whole, start, start + part.length, part, 0, part.length)) {
                return start;
            }
        }
        return 0;
    }

    // Half of a surrogate pair is no character and has no UTF-8; the native side would garble the whole text.
    private static String withoutLoneSurrogates(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (Character.isSurrogate(text.charAt(i))) {
                return new String(text.getBytes(StandardCharsets.UTF_16LE), StandardCharsets.UTF_16LE);
            }
        }
        return text;
    }
}
