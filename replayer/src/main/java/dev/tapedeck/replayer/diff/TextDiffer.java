// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.diff;

import dev.tapedeck.replayer.markup.MarkupText;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.StringNode;

/** Compares texts line by line: lines that differ and follow each other are one difference. */
final class TextDiffer {
  private final Renaming renaming;
  private final Secrets secrets;
  private final RuleScope rules;
  private final List<Mismatch> found = new ArrayList<>();
  private List<MarkupText> before = List.of();
  private List<MarkupText> now = List.of();

  /** The lines that differ and follow each other, 0-based, ends exclusive. */
  private int from = -1;

  private int to;
  private int nowFrom = -1;
  private int nowTo;

  TextDiffer(Renaming renaming, Secrets secrets, RuleScope rules) {
    this.renaming = renaming;
    this.secrets = secrets;
    this.rules = rules;
  }

  /** Returns the differences of two texts. Used once. */
  List<Mismatch> compare(String baseline, String actual) {
    List<String> texts = rules.found(rules.strip(baseline), rules.strip(actual));
    before = lines(texts.get(0));
    now = lines(texts.get(1));
    rules.lines(before, now);
    if (renaming.keepsAll() && before.equals(now)) {
      return found;
    }
    Numbering numbers = Numbering.of(before, now, this::same);
    ArrayAlignment.align(
        numbers.before(),
        numbers.now(),
        new ArrayAlignment.Visitor() {
          @Override
          public void paired(int one, int other) {
            if (!same(before.get(one), now.get(other))) {
              add(one, other);
            }
          }

          @Override
          public void missing(int one) {
            add(one, -1);
          }

          @Override
          public void added(int other) {
            add(-1, other);
          }
        });
    flush();
    return found;
  }

  private static List<MarkupText> lines(String text) {
    return new ArrayList<>(Arrays.stream(text.split("\r?\n", -1)).map(MarkupText::of).toList());
  }

  private boolean same(MarkupText one, MarkupText other) {
    return (one.equals(other) && (one.settled() || renaming.keepsAll()))
        || (!one.settled() && !other.settled() && renaming.same(one.key(), other.key()));
  }

  private void add(int line, int lineNow) {
    boolean follows =
        (line < 0 || from < 0 || line == to) && (lineNow < 0 || nowFrom < 0 || lineNow == nowTo);
    if (!follows) {
      flush();
    }
    if (line >= 0) {
      from = from < 0 ? line : from;
      to = line + 1;
    }
    if (lineNow >= 0) {
      nowFrom = nowFrom < 0 ? lineNow : nowFrom;
      nowTo = lineNow + 1;
    }
  }

  private void flush() {
    if (from < 0 && nowFrom < 0) {
      return;
    }
    int first = from < 0 ? nowFrom : from;
    int end = from < 0 ? nowTo : to;
    String path = "body:" + (end == first + 1 ? "line " + end : "lines " + (first + 1) + "-" + end);
    String was = shown(before, from, to);
    String is = shown(now, nowFrom, nowTo);
    boolean one = end == first + 1 && nowTo - nowFrom <= 1;
    boolean alike = one || (from >= 0 && nowFrom >= 0 && to - from == nowTo - nowFrom);
    boolean broken =
        one
            && from >= 0
            && nowFrom >= 0
            && before.get(from).settled() != now.get(nowFrom).settled();
    Change change =
        from < 0
            ? Change.ADDED
            : nowFrom < 0 ? Change.MISSING : broken ? Change.FORMAT : Change.VALUE;
    found.add(
        new Mismatch(
            Difference.shown(
                path, DifferenceKind.TEXT, change, secrets.text(was), secrets.text(is)),
            alike ? node(was) : null,
            alike ? node(is) : null));
    from = -1;
    nowFrom = -1;
  }

  private static @Nullable String shown(List<MarkupText> lines, int first, int end) {
    return first < 0
        ? null
        : String.join("\n", lines.subList(first, end).stream().map(MarkupText::shown).toList());
  }

  private static @Nullable JsonNode node(@Nullable String text) {
    return text == null ? null : StringNode.valueOf(text);
  }
}
