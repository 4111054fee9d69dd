package io.chiaro.tensor;

/** A process whose main thread is nearly always within one long call of the native library, until it is asked to end. */
final class EndlessLearning {

    private static final int SIDE = 1200;
    private static final int PRODUCTS = 12;

    private EndlessLearning() {}

    public static void main(String[] arguments) {
        // A backward pass of a second: longer than the JVM waits by itself.
        NativeRuntime.threads(1);
        try (Scope all = Scope.open("all")) {
            Tensor matrix = Tensor.ones(SIDE, SIDE);
            while (true) {
                try (Scope step = Scope.open("step")) {
                    Tensor leaf = matrix.leaf();
                    Tensor product = leaf;
                    for (int i = 0; i < PRODUCTS; i++) {
                        product = product.matmul(leaf);
                    }
                    Tensor sum = product.sum();
                    System.out.println("backward");
                    sum.backward();
                }
            }
        }
    }
}
