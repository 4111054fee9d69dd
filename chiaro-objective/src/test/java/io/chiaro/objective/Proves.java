package io.chiaro.objective;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Recipes whose identity a test shows: what must hold of them, whatever computes them. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
@interface Proves {

    /** Names of recipes. */
    String[] value();
}
