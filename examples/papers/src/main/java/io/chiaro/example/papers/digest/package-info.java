/** Subscriptions, and the mails that they ask for. */
@NullMarked
package io.chiaro.example.papers.digest;

import org.jspecify.annotations.NullMarked;
