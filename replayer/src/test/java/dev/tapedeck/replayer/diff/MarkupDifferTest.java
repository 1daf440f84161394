// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.diff;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.tapedeck.replayer.TestMessages;
import dev.tapedeck.replayer.rules.ReplayRules;
import dev.tapedeck.replayer.rules.RulesReader;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class MarkupDifferTest {
  private static final String ORDER =
      "<order id='1'><item><p>1</p></item><item><p>2</p></item><note>hi</note></order>";

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "id='1' | id='2' | /order/@id | VALUE",
        "id='1' | | /order/@id | MISSING",
        "<p>2</p> | <p>3</p> | /order/item[2]/p/text() | VALUE",
        "<item><p>2</p></item> | | /order/item[2] | MISSING",
        "<note>hi</note> | <note>hi</note><new/> | /order/new | ADDED",
        "<p>2</p> | <q>2</q> | /order/item[2]/p | TYPE",
        "</order> | | / | TRUNCATED",
        "<note>hi</note> | <note/> | /order/note/text() | MISSING"
      })
  void compare_xml_byElementPath(String part, String with, String path, Change change) {
    String now = ORDER.replace(part, with == null ? "" : with);
    assertThat(xml(ReplayRules.NONE, ORDER, now))
        .extracting(Difference::kind, Difference::path, Difference::change)
        .containsExactly(tuple(DifferenceKind.XML, path, change));
  }

  @Test
  void compare_xmlOfTheSameMeaning_isEqual() {
    assertThat(
            xml(
                ReplayRules.NONE,
                "<?xml version='1.0'?><a x='1' y='2'><b>t&amp;u</b></a>",
                "<a y=\"2\"\n x=\"1\"><!-- new -->\n  <b><![CDATA[t&u]]></b>\n</a>\n"))
        .isEmpty();
    assertThat(xml(ReplayRules.NONE, "<a><b/><c/></a>", "<a><c/><b/></a>"))
        .extracting(Difference::path, Difference::change)
        .containsExactly(tuple("/a", Change.ORDER));
  }

  @Test
  void compare_xmlWithAnExternalEntity_loadsNothing() {
    String evil = "<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/hostname'>]><a>&x;</a>";
    assertThat(xml(ReplayRules.NONE, evil, evil.replace("</a>", "!</a>")))
        .singleElement()
        .satisfies(difference -> assertThat(difference.actual()).isEqualTo("&x;!"));
  }

  @Test
  void compare_html_byElement() {
    String page =
        "<!doctype html><html><head><title>Shop</title></head><body><ul><li>one<li>two"
            + "<li>three</ul><p class=a>Hello<br>you<p>bye</body></html>";
    assertThat(
            html(ReplayRules.NONE, page, page.replace("two", "2").replace("class=a", "class='a'")))
        .extracting(Difference::kind, Difference::path, Difference::baseline, Difference::actual)
        .containsExactly(tuple(DifferenceKind.HTML, "/html/body/ul/li[2]/text()", "two", "2"));
    assertThat(html(ReplayRules.NONE, page, page.replace("<li>two", "")))
        .extracting(Difference::path, Difference::change)
        .containsExactly(tuple("/html/body/ul/li[2]", Change.MISSING));
    assertThat(html(ReplayRules.NONE, page, page.substring(0, page.length() - 30)))
        .extracting(Difference::path, Difference::change)
        .containsExactly(tuple("/", Change.TRUNCATED));
    assertThat(html(ReplayRules.NONE, page, page.replace("><", ">\n  <"))).isEmpty();
  }

  @Test
  void compare_volatileMarkup_isChecked() throws Exception {
    ReplayRules rules =
        RulesReader.parse(
            "r",
            """
            volatile:
              - {path: /order/@id, type: integer}
              - {path: //p/text(), type: integer, max: 9}
            """);
    assertThat(xml(rules, ORDER, ORDER.replace("'1'", "'77'").replace("2<", "9<"))).isEmpty();
    assertThat(xml(rules, ORDER, ORDER.replace("'1'", "''").replace("2<", "12<")))
        .extracting(Difference::path, Difference::change)
        .containsExactly(
            tuple("/order/@id", Change.FORMAT), tuple("/order/item[2]/p/text()", Change.FORMAT));
    ReplayRules nonce =
        RulesReader.parse("r", "volatile: [{path: '/html/script/text()', type: text, words: 3}]\n");
    String page = "<html><script>var token = \"a1\"; go(token)</script></html>";
    assertThat(html(nonce, page, page.replace("a1", "b2"))).isEmpty();
    assertThat(html(nonce, page, page.replace("go(", "stop("))).hasSize(1);
  }

  private static List<Difference> xml(ReplayRules rules, String before, String now) {
    return compare(rules, "application/xml", before, now);
  }

  private static List<Difference> html(ReplayRules rules, String before, String now) {
    return compare(rules, "text/html", before, now);
  }

  private static List<Difference> compare(
      ReplayRules rules, String type, String before, String now) {
    String head = "HTTP/1.1 200 OK\r\nContent-Type: " + type + "\r\n\r\n";
    return new AnswerComparator(new ComparatorOptions(rules, false, 100))
        .compare(
            "GET",
            "/",
            Renaming.NONE,
            new Moments(0, 0),
            TestMessages.response(head + before),
            TestMessages.response(head + now))
        .differences();
  }
}
