/** How much training, mining, reranking and both kinds of search together add on collections with judged queries. */
@NullMarked
package io.chiaro.benchmarks.retrieval;

import org.jspecify.annotations.NullMarked;
