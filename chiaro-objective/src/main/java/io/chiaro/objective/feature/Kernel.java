package io.chiaro.objective.feature;

import io.chiaro.tensor.Tensor;

/** How near two rows of length one are, by their squared distance. */
public sealed interface Kernel permits Kernel.Gaussian, Kernel.Riesz, Kernel.InverseMultiquadric, Kernel.Logarithmic {

    /** The kernel of squared distances. */
    Tensor of(Tensor squares);

    /** exp(-t d^2). */
    record Gaussian(double t) implements Kernel {
        @Override
        public Tensor of(Tensor squares) {
            return squares.multiply(-t).exp();
        }
    }

    /** -d^s, 0 < s < 2: equal rows have the largest value, 0. */
    record Riesz(double s) implements Kernel {
        public Riesz {
            if (!(s > 0 && s < 2)) {
                throw new IllegalArgumentException("Riesz: expected an exponent between 0 and 2, but found " + s);
            }
        }

        @Override
        public Tensor of(Tensor squares) {
            return squares.atLeast(LEAST_SQUARE).power(s / 2).negate();
        }
    }

    /** c / sqrt(c^2 + d^2). */
    record InverseMultiquadric(double c) implements Kernel {
        public InverseMultiquadric {
            if (!(c > 0)) {
                throw new IllegalArgumentException("InverseMultiquadric: expected a number above 0, but found " + c);
            }
        }

        @Override
        public Tensor of(Tensor squares) {
            return squares.add(c * c).power(-0.5).multiply(c);
        }
    }

    /** -log(t d^2 + 1) / 2. */
    record Logarithmic(double t) implements Kernel {
        public Logarithmic {
            if (!(t > 0)) {
                throw new IllegalArgumentException("Logarithmic: expected a number above 0, but found " + t);
            }
        }

        @Override
        public Tensor of(Tensor squares) {
            return squares.multiply(t).add(1).log().divide(-2);
        }
    }

    /** Where two rows are one, a distance has no slope. */
    double LEAST_SQUARE = 1e-18;
}
