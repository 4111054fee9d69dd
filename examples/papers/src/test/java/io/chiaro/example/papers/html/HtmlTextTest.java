package io.chiaro.example.papers.html;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class HtmlTextTest {

    @Test
    void references_become_characters_and_unknown_ones_stay() {
        assertThat(HtmlText.of("&eacute;&yuml;&Omega;&omega;&nbsp;&#233;&#xE9;&#128512;&mdash;"))
                .isEqualTo("\u00E9\u00FF\u03A9\u03C9\u00A0\u00E9\u00E9\uD83D\uDE00\u2014");
        assertThat(HtmlText.of("AT&T &c; &amp &unknown; & &#; &-;")).isEqualTo("AT&T &c; &amp &unknown; & &#; &-;");
        assertThat(HtmlText.of("&#0;&#xD800;&#99999999;")).isEqualTo("\uFFFD\uFFFD\uFFFD");
    }

    @Test
    void what_references_stand_for_is_text_and_is_not_read_again() {
        assertThat(HtmlText.of("&lt;script&gt;alert(1)&lt;/script&gt; &amp;lt;b&amp;gt;"))
                .isEqualTo("<script>alert(1)</script> &lt;b&gt;");
        assertThat(HtmlText.of("<scr<b>ipt>x"))
                .as("a tag ends at the first sign of more")
                .isEqualTo(" ipt>x");
    }

    @Test
    void tags_part_words_but_for_those_within_a_line() {
        assertThat(HtmlText.of("a<b>b</B>c<p>d</p>e<BR>f<img alt='>' src=x>g")).isEqualTo("abc d e f g");
        assertThat(HtmlText.of("1 < 2 <3 <= x")).isEqualTo("1 < 2 <3 <= x");
        assertThat(HtmlText.of("a<!DOCTYPE x><?php x?><!-- > -->b")).isEqualTo("ab");
    }

    @Test
    void scripts_and_styles_are_no_text() {
        assertThat(HtmlText.of("a<script/>x</scrip></scripts></SCRIPT >b<style type='>'>p{}</style>c"))
                .isEqualTo("a b c");
    }

    @Test
    void what_does_not_end_is_refused() {
        for (String html : new String[] {"<b", "<a href=\"x>y", "<!-- x", "<script>x", "<!x", "<style>", "</p"}) {
            assertThatThrownBy(() -> HtmlText.of(html))
                    .as(html)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("does not end");
        }
    }
}
