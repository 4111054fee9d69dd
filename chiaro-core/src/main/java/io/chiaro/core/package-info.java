/** Pure Java ground: errors, JSON, random streams, schedules, metrics, safetensors. */
@NullMarked
package io.chiaro.core;

import org.jspecify.annotations.NullMarked;
