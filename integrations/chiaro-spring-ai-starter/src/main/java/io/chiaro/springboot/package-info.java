/**
 * Spring Boot's way to a model: {@code chiaro.embedding.model} opens one at the start of an application and puts it behind Spring
 * AI's interfaces.
 */
@NullMarked
package io.chiaro.springboot;

import org.jspecify.annotations.NullMarked;
