package io.chiaro.tensor;

import io.chiaro.core.ChiaroException;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.LongPointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.pytorch.BoolOptional;
import org.bytedeco.pytorch.DoubleOptional;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarOptional;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.T_TensorTensor_T;
import org.bytedeco.pytorch.TensorArrayRefOptional;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.DeviceType;
import org.jspecify.annotations.Nullable;

/**
 * An n-dimensional array of numbers in native memory, owned by a {@link Scope} or an {@link Owner}.
 *
 * <p>Operations record gradients when an input requires them and {@link Grad} is enabled. Names that end in {@code
 * InPlace} change the tensor itself; all others leave it alone, though views ({@link #reshape}, {@link #narrow}, {@link
 * #transpose}, {@link #split}) share memory with it. A dimension may be negative: -1 is the last.
 *
 * <p>Errors of the native library arrive as {@link IllegalArgumentException} with one readable line that gives the
 * operation and the shapes; lack of memory as {@link ChiaroException}. One thread at a time.
 */
public final class Tensor {

    private final org.bytedeco.pytorch.Tensor pointer;
    private final Lifetime lifetime;

    Tensor(org.bytedeco.pytorch.Tensor pointer, Lifetime lifetime) {
        this.pointer = pointer;
        this.lifetime = lifetime;
    }

    // ---------------------------------------------------------------------------------------------- creation

    /** A float tensor of the given shape with these values, in row-major order. */
    public static Tensor of(float[] values, long... shape) {
        Tensor tensor = empty(DType.FLOAT, checked("Tensor.of", values.length, shape));
        tensor.put(values);
        return tensor;
    }

    /** A float tensor of these rows, all of one length: [rows, width]. */
    public static Tensor of(float[][] rows) {
        int width = rows.length == 0 ? 0 : rows[0].length;
        float[] values = new float[Math.multiplyExact(rows.length, width)];
        for (int i = 0; i < rows.length; i++) {
            System.arraycopy(rows[i], 0, values, i * width, width);
        }
        return of(values, rows.length, width);
    }

    /** A double tensor of the given shape with these values, in row-major order. */
    public static Tensor of(double[] values, long... shape) {
        Tensor tensor = empty(DType.DOUBLE, checked("Tensor.of", values.length, shape));
        if (values.length > 0) {
            new DoublePointer(tensor.pointer().data_ptr_double()).put(values);
        }
        return tensor;
    }

    /** A tensor of 64-bit integers of the given shape with these values, in row-major order. */
    public static Tensor of(long[] values, long... shape) {
        Tensor tensor = empty(DType.LONG, checked("Tensor.of", values.length, shape));
        if (values.length > 0) {
            new LongPointer(tensor.pointer().data_ptr_long()).put(values);
        }
        return tensor;
    }

    /** A one-dimensional tensor of 64-bit integers. */
    public static Tensor indices(int[] values) {
        long[] wide = new long[values.length];
        for (int i = 0; i < values.length; i++) {
            wide[i] = values[i];
        }
        return of(wide, values.length);
    }

    /** A mask of the given shape: true where the byte is not 0. */
    public static Tensor mask(byte[] values, long... shape) {
        Tensor tensor = empty(DType.BOOL, checked("Tensor.mask", values.length, shape));
        if (values.length > 0) {
            byte[] truth = new byte[values.length];
            for (int i = 0; i < values.length; i++) {
                truth[i] = (byte) (values[i] == 0 ? 0 : 1);
            }
            new BytePointer(tensor.pointer().data_ptr()).put(truth);
        }
        return tensor;
    }

    /** A float tensor with nothing in particular in it. */
    public static Tensor empty(long... shape) {
        return empty(DType.FLOAT, shape);
    }

    /** A tensor with nothing in particular in it. */
    public static Tensor empty(DType type, long... shape) {
        return create(
                "empty",
                () -> torch.empty(
                        shape, new TensorOptions(type.scalarType()), new org.bytedeco.pytorch.MemoryFormatOptional()));
    }

    /** A float tensor of zeros. */
    public static Tensor zeros(long... shape) {
        return create("zeros", () -> torch.zeros(shape));
    }

    /** A float tensor of ones. */
    public static Tensor ones(long... shape) {
        return create("ones", () -> torch.ones(shape));
    }

    /** A float tensor in which every number is {@code value}. */
    public static Tensor full(double value, long... shape) {
        return create("full", () -> torch.full(shape, new Scalar(value)).to(torch.ScalarType.Float));
    }

    /** The integers from 0 to n - 1. */
    public static Tensor range(long n) {
        return create("range", () -> torch.arange(new Scalar(n), new TensorOptions(torch.ScalarType.Long)));
    }

    private static long[] checked(String operation, int length, long[] shape) {
        long product = 1;
        for (long size : shape) {
            product *= size;
        }
        if (product != length) {
            throw new IllegalArgumentException(operation + ": shape " + Arrays.toString(shape) + " holds " + product
                    + " numbers, but " + length + " were given");
        }
        return shape;
    }

    // ----------------------------------------------------------------------------------------- what it is

    /** The sizes of all dimensions. */
    public long[] shape() {
        org.bytedeco.pytorch.Tensor tensor = pointer();
        long[] shape = new long[(int) tensor.dim()];
        for (int i = 0; i < shape.length; i++) {
            shape[i] = tensor.size(i);
        }
        return shape;
    }

    /** The size of one dimension. */
    public long size(int dimension) {
        return pointer().size(dimension);
    }

    /** The number of dimensions. */
    public int rank() {
        return (int) pointer().dim();
    }

    /** How many numbers it holds. */
    public long count() {
        return pointer().numel();
    }

    /** The type of its numbers. */
    public DType type() {
        return DType.from(pointer().scalar_type());
    }

    /** Where its numbers are. */
    public Device device() {
        org.bytedeco.pytorch.Tensor tensor = pointer();
        return tensor.is_cuda() ? Device.cuda(tensor.device().index()) : Device.CPU;
    }

    // -------------------------------------------------------------------------------------- to and from Java

    /** The single number of a tensor that holds one. */
    public double item() {
        if (count() != 1) {
            throw new IllegalArgumentException("item: the tensor " + this + " holds " + count() + " numbers, not one");
        }
        return type() == DType.DOUBLE ? pointer().item_double() : pointer().item_float();
    }

    /** A copy of all numbers as floats, in row-major order. */
    public float[] toFloats() {
        float[] values = new float[Math.toIntExact(count())];
        if (values.length > 0) {
            try (Scope scope = Scope.open("toFloats")) {
                org.bytedeco.pytorch.Tensor plain =
                        pointer().detach().cpu().to(torch.ScalarType.Float).contiguous();
                new FloatPointer(plain.data_ptr_float()).get(values);
            }
        }
        return values;
    }

    /** A copy of a two-dimensional tensor, row by row. */
    public float[][] toRows() {
        int rows = Math.toIntExact(size(0));
        int columns = Math.toIntExact(size(1));
        float[] flat = toFloats();
        float[][] result = new float[rows][];
        for (int i = 0; i < rows; i++) {
            result[i] = Arrays.copyOfRange(flat, i * columns, (i + 1) * columns);
        }
        return result;
    }

    /** A copy of all numbers as doubles, in row-major order. */
    public double[] toDoubles() {
        double[] values = new double[Math.toIntExact(count())];
        if (values.length > 0) {
            try (Scope scope = Scope.open("toDoubles")) {
                org.bytedeco.pytorch.Tensor plain =
                        pointer().detach().cpu().to(torch.ScalarType.Double).contiguous();
                new DoublePointer(plain.data_ptr_double()).get(values);
            }
        }
        return values;
    }

    /** A copy of all numbers as integers, in row-major order. */
    public long[] toLongs() {
        long[] values = new long[Math.toIntExact(count())];
        if (values.length > 0) {
            try (Scope scope = Scope.open("toLongs")) {
                org.bytedeco.pytorch.Tensor plain =
                        pointer().detach().cpu().to(torch.ScalarType.Long).contiguous();
                new LongPointer(plain.data_ptr_long()).get(values);
            }
        }
        return values;
    }

    /** Overwrites all numbers of this contiguous float tensor. */
    public void put(float[] values) {
        put(0, values, 0, values.length);
        if (values.length != count()) {
            throw new IllegalArgumentException(
                    "put: the tensor " + this + " holds " + count() + " numbers, but " + values.length + " were given");
        }
    }

    /** Overwrites {@code length} numbers of this contiguous float tensor from position {@code at} on. */
    public void put(long at, float[] values, int from, int length) {
        requireContiguousFloats("put");
        if (at < 0 || at + length > count() || from < 0 || from + length > values.length) {
            throw new IllegalArgumentException(
                    "put: " + length + " numbers from position " + at + " do not fit into the tensor " + this);
        }
        if (length > 0) {
            new FloatPointer(pointer().data_ptr_float()).position(at).put(values, from, length);
        }
    }

    /** Copies {@code length} numbers of this contiguous float tensor from position {@code at} on. */
    public void get(long at, float[] into, int offset, int length) {
        requireContiguousFloats("get");
        if (at < 0 || at + length > count() || offset < 0 || offset + length > into.length) {
            throw new IllegalArgumentException(
                    "get: " + length + " numbers from position " + at + " are not in the tensor " + this);
        }
        if (length > 0) {
            new FloatPointer(pointer().data_ptr_float()).position(at).get(into, offset, length);
        }
    }

    private void requireContiguousFloats(String operation) {
        if (type() != DType.FLOAT || !pointer().is_contiguous() || pointer().is_cuda()) {
            throw new IllegalArgumentException(
                    operation + ": needs a contiguous float tensor on the cpu, but found " + this);
        }
    }

    // ---------------------------------------------------------------------------------------------- gradients

    /** A leaf that shares this tensor's memory and for which gradients are recorded. */
    public Tensor leaf() {
        return derive("leaf", () -> pointer.detach().requires_grad_(true));
    }

    /** The same numbers, cut off from the recorded graph. */
    public Tensor detach() {
        return derive("detach", pointer::detach);
    }

    /** Whether gradients are recorded for this tensor. */
    public boolean requiresGrad() {
        return pointer().requires_grad();
    }

    /** The gradient that has been accumulated for this leaf, or null if there is none. */
    public @Nullable Tensor gradient() {
        Tensor gradient = derive("gradient", pointer::grad);
        return gradient.pointer.defined() ? gradient : null;
    }

    /** Makes this leaf accumulate its gradient into the given memory from now on. */
    void accumulateInto(Tensor gradient) {
        pointer().mutable_grad().put(gradient.pointer());
    }

    /** Adds the gradients of this single number to all leaves it was computed from. */
    public void backward() {
        run("backward", pointer()::backward);
    }

    /** Adds the gradients of {@code sum(this * gradient)} to all leaves this tensor was computed from. */
    public void backward(Tensor gradient) {
        run("backward", () -> {
            try (Scope scope = Scope.open("backward")) {
                pointer().backward(gradient.pointer(), new BoolOptional(false), false, new TensorArrayRefOptional());
            }
        });
    }

    // ------------------------------------------------------------------------------------------- arithmetic

    /** this + other, with broadcasting. */
    public Tensor add(Tensor other) {
        return derive("add", () -> pointer.add(other.pointer()), other);
    }

    /** this + value. */
    public Tensor add(double value) {
        return derive("add", () -> pointer.add(new Scalar(value)));
    }

    /** this - other, with broadcasting. */
    public Tensor subtract(Tensor other) {
        return derive("subtract", () -> pointer.sub(other.pointer()), other);
    }

    /** this * other, number by number, with broadcasting. */
    public Tensor multiply(Tensor other) {
        return derive("multiply", () -> pointer.mul(other.pointer()), other);
    }

    /** this * value. */
    public Tensor multiply(double value) {
        return derive("multiply", () -> pointer.mul(new Scalar(value)));
    }

    /** this / other, with broadcasting. */
    public Tensor divide(Tensor other) {
        return derive("divide", () -> pointer.div(other.pointer()), other);
    }

    /** this / value. */
    public Tensor divide(double value) {
        return derive("divide", () -> pointer.div(new Scalar(value)));
    }

    /** this + a * b, number by number; one pass over memory. */
    public Tensor addProduct(Tensor a, Tensor b) {
        return derive("addProduct", () -> pointer.addcmul(a.pointer(), b.pointer()), a, b);
    }

    /** -this. */
    public Tensor negate() {
        return derive("negate", pointer::neg);
    }

    /** e to the power of each number. */
    public Tensor exp() {
        return derive("exp", pointer::exp);
    }

    /** The natural logarithm of each number. */
    public Tensor log() {
        return derive("log", pointer::log);
    }

    /** The square root of each number. */
    public Tensor sqrt() {
        return derive("sqrt", pointer::sqrt);
    }

    /** The absolute value of each number. */
    public Tensor abs() {
        return derive("abs", pointer::abs);
    }

    /** The square of each number. */
    public Tensor square() {
        return derive("square", pointer::square);
    }

    /** Each number, but at least {@code least}. */
    public Tensor atLeast(double least) {
        return derive("atLeast", () -> pointer.clamp(new ScalarOptional(new Scalar(least)), new ScalarOptional()));
    }

    /** Each number, but at most {@code most}. */
    public Tensor atMost(double most) {
        return derive("atMost", () -> pointer.clamp(new ScalarOptional(), new ScalarOptional(new Scalar(most))));
    }

    /** Each number to a power. */
    public Tensor power(double exponent) {
        return derive("power", () -> pointer.pow(new Scalar(exponent)));
    }

    /** The cosine of each number. */
    public Tensor cos() {
        return derive("cos", pointer::cos);
    }

    /** The angle whose cosine each number is. */
    public Tensor acos() {
        return derive("acos", pointer::acos);
    }

    /** max(0, x). */
    public Tensor relu() {
        return derive("relu", pointer::relu);
    }

    /** The Gaussian error linear unit in its exact form, x Phi(x). */
    public Tensor gelu() {
        return derive("gelu", () -> torch.gelu(pointer));
    }

    /** The hyperbolic tangent. */
    public Tensor tanh() {
        return derive("tanh", pointer::tanh);
    }

    /** 1 / (1 + e^-x). */
    public Tensor sigmoid() {
        return derive("sigmoid", pointer::sigmoid);
    }

    /** log(1 + e^x), without overflow. */
    public Tensor softplus() {
        return derive("softplus", () -> torch.log_sigmoid(pointer.neg()).neg());
    }

    /** The product of matrices, batched over leading dimensions. */
    public Tensor matmul(Tensor other) {
        return derive("matmul", () -> pointer.matmul(other.pointer()), other);
    }

    /** x W^T + b for x [.., in], W [out, in], b [out]. */
    public Tensor linear(Tensor weight, Tensor bias) {
        return derive(
                "linear",
                () -> torch.linear(pointer, weight.pointer(), new TensorOptional(bias.pointer())),
                weight,
                bias);
    }

    /** x W^T for x [.., in], W [out, in]. */
    public Tensor linear(Tensor weight) {
        return derive("linear", () -> torch.linear(pointer, weight.pointer()), weight);
    }

    /** (x - mean) / sqrt(variance + epsilon) * weight + bias over the last dimension (Ba et al., 2016). */
    public Tensor layerNorm(Tensor weight, Tensor bias, double epsilon) {
        return derive(
                "layerNorm",
                () -> torch.layer_norm(
                        pointer,
                        new long[] {weight.count()},
                        new TensorOptional(weight.pointer()),
                        new TensorOptional(bias.pointer()),
                        epsilon,
                        true),
                weight,
                bias);
    }

    /**
     * (x - mean) / sqrt(variance + epsilon) * scale + shift for x [n, d], each of the d columns with the mean and the biased
     * variance that its n numbers have here (Ioffe and Szegedy, 2015, algorithm 1). Nothing is remembered between calls, and
     * rows depend on each other.
     *
     * @param scale [d]
     * @param shift [d]
     */
    public Tensor batchNorm(Tensor scale, Tensor shift, double epsilon) {
        return derive(
                "batchNorm",
                () -> torch.batch_norm(
                        pointer,
                        new TensorOptional(scale.pointer()),
                        new TensorOptional(shift.pointer()),
                        new TensorOptional(),
                        new TensorOptional(),
                        true,
                        0.0,
                        epsilon,
                        false),
                scale,
                shift);
    }

    /**
     * (x - mean) / sqrt(variance + epsilon) * scale + shift for x [n, channels, ..], where the channels of an item are cut into
     * groups and each group has its own mean and biased variance (Wu and He, 2018, section 3.1). Items do not depend on each
     * other.
     *
     * @param groups divides the number of channels
     * @param scale [channels]
     * @param shift [channels]
     */
    public Tensor groupNorm(int groups, Tensor scale, Tensor shift, double epsilon) {
        return derive(
                "groupNorm",
                () -> torch.group_norm(
                        pointer,
                        groups,
                        new TensorOptional(scale.pointer()),
                        new TensorOptional(shift.pointer()),
                        epsilon,
                        true),
                scale,
                shift);
    }

    // ------------------------------------------------------------------------------------------------ pictures

    /**
     * The cross-correlation of pictures with square windows, as networks use it, zeros standing around each picture:
     *
     * <pre>y[n, o, i, j] = sum over c, a, b of x[n, c, i stride + a - padding, j stride + b - padding] W[o, c, a, b]</pre>
     *
     * for this x [n, in, height, width] and W [out, in, k, l]; height becomes (height + 2 padding - k) / stride + 1, rounded down.
     */
    public Tensor conv2d(Tensor weight, int stride, int padding) {
        return derive("conv2d", () -> convolved(weight, new TensorOptional(), stride, padding), weight);
    }

    /** As {@link #conv2d(Tensor, int, int)}, plus a bias [out] for each channel. */
    public Tensor conv2d(Tensor weight, Tensor bias, int stride, int padding) {
        return derive(
                "conv2d", () -> convolved(weight, new TensorOptional(bias.pointer()), stride, padding), weight, bias);
    }

    private org.bytedeco.pytorch.Tensor convolved(Tensor weight, TensorOptional bias, int stride, int padding) {
        return torch.conv2d(
                pointer,
                weight.pointer(),
                bias,
                new long[] {stride, stride},
                new long[] {padding, padding},
                new long[] {1, 1},
                1);
    }

    /**
     * The means of windows of size x size numbers, {@code stride} apart, of this [n, channels, height, width]; what does not
     * fill a window at the right or lower edge is left out.
     */
    public Tensor averagePool2d(int size, int stride) {
        return derive(
                "averagePool2d",
                () -> torch.avg_pool2d(
                        pointer,
                        new long[] {size, size},
                        new long[] {stride, stride},
                        new long[] {0, 0},
                        false,
                        true,
                        new LongOptional()));
    }

    /** The mean of each channel over height and width: [n, channels, height, width] to [n, channels]. */
    public Tensor globalMean2d() {
        return derive("globalMean2d", () -> pointer.mean(new long[] {2, 3}, false, new ScalarTypeOptional()));
    }

    /**
     * The same pictures [n, channels, height, width], laid out so that the channels of a pixel are neighbours in memory; itself
     * if they already are.
     */
    public Tensor channelsLast() {
        return derive("channelsLast", () -> pointer.contiguous(torch.MemoryFormat.ChannelsLast));
    }

    /**
     * softmax(q k^T / sqrt(d)) v for this q [batch, heads, n, d], k and v [batch, heads, m, d] (Vaswani et al., 2017, eq. 1),
     * without ever storing the n x m weights.
     */
    public Tensor attention(Tensor keys, Tensor values) {
        return derive(
                "attention",
                () -> torch.scaled_dot_product_attention(pointer, keys.pointer(), values.pointer()),
                keys,
                values);
    }

    /** As {@link #attention(Tensor, Tensor)}, each position seeing only itself and those before it. */
    public Tensor causalAttention(Tensor keys, Tensor values) {
        return derive(
                "causalAttention",
                () -> torch.scaled_dot_product_attention(
                        pointer,
                        keys.pointer(),
                        values.pointer(),
                        new TensorOptional(),
                        0.0,
                        true,
                        new DoubleOptional(),
                        false),
                keys,
                values);
    }

    // -------------------------------------------------------------------------------------------- reductions

    /** The sum of all numbers. */
    public Tensor sum() {
        return derive("sum", () -> pointer.sum());
    }

    /** The sum over one dimension, which is kept with size 1 if asked. */
    public Tensor sum(int dimension, boolean keep) {
        return derive("sum", () -> pointer.sum(new long[] {dimension}, keep, new ScalarTypeOptional()));
    }

    /** The mean of all numbers. */
    public Tensor mean() {
        return derive("mean", () -> pointer.mean());
    }

    /** The mean over one dimension. */
    public Tensor mean(int dimension, boolean keep) {
        return derive("mean", () -> pointer.mean(new long[] {dimension}, keep, new ScalarTypeOptional()));
    }

    /** The largest number along one dimension. */
    public Tensor max(int dimension, boolean keep) {
        return derive("max", () -> pointer.amax(new long[] {dimension}, keep));
    }

    /** The largest of all numbers. */
    public Tensor max() {
        return derive("max", () -> pointer.max());
    }

    /** log sum exp along one dimension, without overflow. */
    public Tensor logSumExp(int dimension, boolean keep) {
        return derive("logSumExp", () -> pointer.logsumexp(new long[] {dimension}, keep));
    }

    /** The Euclidean norm along one dimension. */
    public Tensor norm(int dimension, boolean keep) {
        return derive("norm", () -> pointer.norm(new ScalarOptional(new Scalar(2.0)), new long[] {dimension}, keep));
    }

    /** The Euclidean norm of all numbers. */
    public Tensor norm() {
        return derive("norm", () -> pointer.norm());
    }

    /** e^x / sum e^x along one dimension. */
    public Tensor softmax(int dimension) {
        return derive("softmax", () -> pointer.softmax(dimension));
    }

    /** log(e^x / sum e^x) along one dimension, without overflow. */
    public Tensor logSoftmax(int dimension) {
        return derive("logSoftmax", () -> pointer.log_softmax(dimension));
    }

    /** Each row divided by the larger of its Euclidean norm and 1e-12, along one dimension. */
    public Tensor normalize(int dimension) {
        return derive("normalize", () -> {
            org.bytedeco.pytorch.Tensor length =
                    pointer.norm(new ScalarOptional(new Scalar(2.0)), new long[] {dimension}, true);
            return pointer.div(length.clamp(new ScalarOptional(new Scalar(1e-12)), new ScalarOptional()));
        });
    }

    /** Sums of the first k numbers along one dimension. */
    public Tensor cumulativeSum(int dimension) {
        return derive("cumulativeSum", () -> torch.cumsum(pointer, dimension));
    }

    /** The indices that sort each line along one dimension, equal numbers in their order. */
    public Tensor sortedIndices(int dimension, boolean descending) {
        return derive("sortedIndices", () -> torch.argsort(pointer, true, dimension, descending));
    }

    /**
     * The indices of the k largest numbers of each line along the last dimension, the largest first: less work than a sort. Which of
     * equal numbers comes first is not said.
     */
    public Tensor largestIndices(int k) {
        return both("largestIndices", () -> torch.topk(pointer, k, -1, true, true))[1];
    }

    // --------------------------------------------------------------------------------- whole matrices

    /** L with L L^T = this, for a positive definite matrix [n, n]. */
    public Tensor cholesky() {
        return derive("cholesky", () -> torch.linalg_cholesky(pointer));
    }

    /** X with L X = other, for this lower triangular matrix L [n, n]. */
    public Tensor solveLowerTriangular(Tensor other) {
        return derive(
                "solveLowerTriangular", () -> torch.linalg_solve_triangular(pointer, other.pointer(), false), other);
    }

    /** X with this X = other, for a regular matrix [n, n]. */
    public Tensor solve(Tensor other) {
        return derive("solve", () -> torch.linalg_solve(pointer, other.pointer()), other);
    }

    /** The singular values of a matrix, largest first. */
    public Tensor singularValues() {
        return derive("singularValues", () -> torch.linalg_svdvals(pointer));
    }

    /**
     * The eigenvalues and eigenvectors of a symmetric matrix.
     *
     * @param values [n], smallest first
     * @param vectors [n, n], one a column
     */
    public record Eigen(Tensor values, Tensor vectors) {}

    /** The eigenvalues and eigenvectors of this symmetric matrix [n, n]; its lower triangle is read. */
    public Eigen symmetricEigen() {
        Tensor[] both = both("symmetricEigen", () -> torch.linalg_eigh(pointer));
        return new Eigen(both[0], both[1]);
    }

    // ------------------------------------------------------------------------------------------------ shape

    /** The same numbers in another shape; a view where memory allows. One size may be -1. */
    public Tensor reshape(long... shape) {
        return derive("reshape", () -> pointer.reshape(shape));
    }

    /** Two dimensions exchanged; a view. */
    public Tensor transpose(int a, int b) {
        return derive("transpose", () -> pointer.transpose(a, b));
    }

    /** All dimensions in another order; a view. */
    public Tensor permute(long... order) {
        return derive("permute", () -> pointer.permute(order));
    }

    /** A new dimension of size 1; a view. */
    public Tensor unsqueeze(int dimension) {
        return derive("unsqueeze", () -> pointer.unsqueeze(dimension));
    }

    /** One index of a dimension, which disappears; a view. */
    public Tensor select(int dimension, long index) {
        return derive("select", () -> pointer.select(dimension, index));
    }

    /** {@code length} indices of a dimension from {@code start} on; a view. */
    public Tensor narrow(int dimension, long start, long length) {
        return derive("narrow", () -> pointer.narrow(dimension, start, length));
    }

    /** Dimensions of size 1 repeated to the given shape; a view. */
    public Tensor expand(long... shape) {
        return derive("expand", () -> pointer.expand(shape));
    }

    /** The same numbers laid out without gaps; itself if they already are. */
    public Tensor contiguous() {
        return derive("contiguous", () -> pointer.contiguous());
    }

    /** A copy in memory of its own. */
    public Tensor copy() {
        return derive("copy", () -> pointer.clone());
    }

    /** Consecutive parts of one dimension, with the given sizes; views. Their gradients meet in one concatenation. */
    public List<Tensor> split(int dimension, long... sizes) {
        return parts("split", () -> pointer.split_with_sizes(sizes, dimension));
    }

    /** All indices of one dimension, which disappears; views. Their gradients meet in one stack. */
    public List<Tensor> unbind(int dimension) {
        return parts("unbind", () -> pointer.unbind(dimension));
    }

    private List<Tensor> parts(String operation, Supplier<TensorVector> code) {
        lifetime.check(operation);
        Scope scope = Scope.innermost(operation);
        try (TensorVector vector = guarded(operation, code, this)) {
            Tensor[] result = new Tensor[(int) vector.size()];
            for (int i = 0; i < result.length; i++) {
                result[i] = handle(vector.get(i), scope);
            }
            return List.of(result);
        }
    }

    /** A handle of its own to a tensor inside a native pair or list, which would end with the pair or list. */
    private static Tensor handle(org.bytedeco.pytorch.Tensor inside, Scope scope) {
        return new Tensor(new org.bytedeco.pytorch.Tensor(inside), scope.lifetime());
    }

    /** Tensors joined along a dimension. */
    public static Tensor concatenate(List<Tensor> tensors, int dimension) {
        return create("concatenate", () -> torch.cat(vector(tensors), dimension));
    }

    /** Tensors of equal shape joined along a new dimension. */
    public static Tensor stack(List<Tensor> tensors, int dimension) {
        return create("stack", () -> torch.stack(vector(tensors), dimension));
    }

    private static TensorVector vector(List<Tensor> tensors) {
        org.bytedeco.pytorch.Tensor[] pointers = new org.bytedeco.pytorch.Tensor[tensors.size()];
        for (int i = 0; i < pointers.length; i++) {
            pointers[i] = tensors.get(i).pointer();
        }
        return new TensorVector(pointers);
    }

    /** The same numbers in another type. */
    public Tensor to(DType type) {
        return derive("to", () -> pointer.to(type.scalarType()));
    }

    /** The same numbers on another device. */
    public Tensor to(Device device) {
        return derive("to", () -> {
            org.bytedeco.pytorch.Device target = device.kind() == Device.Kind.CPU
                    ? new org.bytedeco.pytorch.Device(DeviceType.CPU)
                    : new org.bytedeco.pytorch.Device(DeviceType.CUDA, (byte) device.index());
            return pointer.to(target, pointer.scalar_type());
        });
    }

    // ------------------------------------------------------------------------------------------- selection

    /** The given indices of a dimension, in their order; an index may repeat. */
    public Tensor indexSelect(int dimension, Tensor indices) {
        return derive("indexSelect", () -> pointer.index_select(dimension, indices.pointer()), indices);
    }

    /** result[i][j] = this[i][indices[i][j]] for dimension 1, and likewise for others. */
    public Tensor gather(int dimension, Tensor indices) {
        return derive("gather", () -> pointer.gather(dimension, indices.pointer()), indices);
    }

    /** The numbers, but {@code value} where the mask is true. */
    public Tensor maskedFill(Tensor mask, double value) {
        return derive("maskedFill", () -> pointer.masked_fill(mask.pointer(), new Scalar(value)), mask);
    }

    /** These numbers where the mask is true, the other's elsewhere. */
    public Tensor where(Tensor mask, Tensor other) {
        return derive("where", () -> torch.where(mask.pointer(), pointer, other.pointer()), mask, other);
    }

    /** True where equal. */
    public Tensor isEqual(Tensor other) {
        return derive("isEqual", () -> pointer.eq(other.pointer()), other);
    }

    /** True where greater than the other. */
    public Tensor isGreater(Tensor other) {
        return derive("isGreater", () -> pointer.gt(other.pointer()), other);
    }

    /** True where greater than the value. */
    public Tensor isGreater(double value) {
        return derive("isGreater", () -> pointer.gt(new Scalar(value)));
    }

    /** True where both masks are. */
    public Tensor and(Tensor other) {
        return derive("and", () -> pointer.logical_and(other.pointer()), other);
    }

    /** True where either mask is. */
    public Tensor or(Tensor other) {
        return derive("or", () -> pointer.logical_or(other.pointer()), other);
    }

    /** True where the mask is not. */
    public Tensor not() {
        return derive("not", pointer::logical_not);
    }

    // ---------------------------------------------------------------------------------------------- in place

    /** Adds another tensor. */
    public Tensor addInPlace(Tensor other) {
        run("addInPlace", () -> pointer().add_(other.pointer()), other);
        return this;
    }

    /** Adds a product of matrices, [n, k] by [k, m] to [n, m], without a place for it. */
    public Tensor addMatmulInPlace(Tensor a, Tensor b) {
        run("addMatmulInPlace", () -> pointer().addmm_(a.pointer(), b.pointer()), a, b);
        return this;
    }

    /** Multiplies by a number. */
    public Tensor multiplyInPlace(double value) {
        run("multiplyInPlace", () -> pointer().mul_(new Scalar(value)));
        return this;
    }

    /** Overwrites all numbers with those of another tensor. */
    public Tensor copyInPlace(Tensor source) {
        run("copyInPlace", () -> pointer().copy_(source.pointer()), source);
        return this;
    }

    /** Overwrites all numbers with one value. */
    public Tensor fillInPlace(double value) {
        run("fillInPlace", () -> pointer().fill_(new Scalar(value)));
        return this;
    }

    /** this[indices[i]] += rows[i] along dimension 0, in the order of i. */
    public Tensor addRowsInPlace(Tensor indices, Tensor rows) {
        run("addRowsInPlace", () -> pointer().index_add_(0, indices.pointer(), rows.pointer()), indices, rows);
        return this;
    }

    /** this[indices[i]] = rows[i] along dimension 0; indices must differ. */
    public Tensor copyRowsInPlace(Tensor indices, Tensor rows) {
        run("copyRowsInPlace", () -> pointer().index_copy_(0, indices.pointer(), rows.pointer()), indices, rows);
        return this;
    }

    /** this[indices[i]] = value along dimension 0. */
    public Tensor fillRowsInPlace(Tensor indices, double value) {
        run("fillRowsInPlace", () -> pointer().index_fill_(0, indices.pointer(), new Scalar(value)), indices);
        return this;
    }

    // --------------------------------------------------------------------------------------------- plumbing

    org.bytedeco.pytorch.Tensor pointer() {
        lifetime.check("use of a tensor");
        return pointer;
    }

    Lifetime lifetime() {
        return lifetime;
    }

    static Tensor create(String operation, Supplier<org.bytedeco.pytorch.Tensor> code) {
        NativeRuntime.load();
        Scope scope = Scope.innermost(operation);
        return new Tensor(guarded(operation, code), scope.lifetime());
    }

    private Tensor derive(String operation, Supplier<org.bytedeco.pytorch.Tensor> code, Tensor... others) {
        lifetime.check(operation);
        Scope scope = Scope.innermost(operation);
        LastCalls.enter();
        try {
            return new Tensor(code.get(), scope.lifetime());
        } catch (RuntimeException e) {
            throw NativeErrors.readable(operation, e, with(others));
        } finally {
            LastCalls.leave();
        }
    }

    private Tensor[] both(String operation, Supplier<T_TensorTensor_T> code) {
        lifetime.check(operation);
        Scope scope = Scope.innermost(operation);
        try (T_TensorTensor_T both = guarded(operation, code, this)) {
            return new Tensor[] {handle(both.get0(), scope), handle(both.get1(), scope)};
        }
    }

    private void run(String operation, Runnable code, Tensor... others) {
        lifetime.check(operation);
        LastCalls.enter();
        try {
            code.run();
        } catch (RuntimeException e) {
            throw NativeErrors.readable(operation, e, with(others));
        } finally {
            LastCalls.leave();
        }
    }

    private Tensor[] with(Tensor[] others) {
        Tensor[] all = Arrays.copyOf(others, others.length + 1);
        System.arraycopy(others, 0, all, 1, others.length);
        all[0] = this;
        return all;
    }

    private static <T extends Pointer> T guarded(String operation, Supplier<T> code, Tensor... operands) {
        LastCalls.enter();
        try {
            return code.get();
        } catch (RuntimeException e) {
            throw NativeErrors.readable(operation, e, operands);
        } finally {
            LastCalls.leave();
        }
    }

    @Override
    public String toString() {
        return lifetime.isOver() ? "released tensor" : type() + " " + Arrays.toString(shape());
    }
}
