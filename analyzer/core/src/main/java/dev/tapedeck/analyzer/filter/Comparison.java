// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.filter;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import dev.tapedeck.analyzer.rules.BoundedRegex;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.LongPredicate;
import java.util.function.Predicate;

/**
 * Compiles what is asked of one field, and says what would be right where that makes no sense.
 *
 * <p>Comparisons of a field with several values pass when one value does; negated ones when it has
 * values and none does.
 */
final class Comparison {
  /** Those that are no words. */
  static final Set<String> OPERATORS = Set.of("==", "!=", "<", "<=", ">", ">=", "~", "!~");

  private static final String NULL = "null";
  private static final String RANGE = "..";

  private final String expression;
  private final Field field;
  private final long captureStartNanos;
  private boolean relative;

  Comparison(String expression, Field field, long captureStartNanos) {
    this.expression = expression;
    this.field = field;
    this.captureStartNanos = captureStartNanos;
  }

  boolean hasRelativeTimes() {
    return relative;
  }

  /** Returns what passes when something is known and does not pass. */
  static Condition negated(Field field, Condition condition) {
    return new Condition.AllOf(List.of(new Condition.Not(condition), field.known()));
  }

  /** A field without comparison is true, or known. */
  Condition alone() {
    return field.type() == FieldType.BOOLEAN ? field.anyNumber(value -> value != 0) : field.known();
  }

  Condition compare(Token operator, Token value) throws FilterSyntaxException {
    String symbol = operator.text();
    if (value.kind() == Token.Kind.WORD && value.text().equals(NULL)) {
      return switch (symbol) {
        case "==" -> new Condition.Not(field.known());
        case "!=" -> field.known();
        default -> throw error(operator, "null is known by == and != alone");
      };
    }
    return switch (symbol) {
      case "==" -> equal(value);
      case "!=" -> negated(field, equal(value));
      case "~" -> matches(operator, value);
      case "!~" -> negated(field, matches(operator, value));
      default -> ordered(operator, value);
    };
  }

  private Condition equal(Token value) throws FilterSyntaxException {
    if (field.type().isNumeric()) {
      long wanted = number(value, value.unescaped());
      return field.anyNumber(number -> number == wanted);
    }
    return field.anyText(text(value));
  }

  private Condition ordered(Token operator, Token value) throws FilterSyntaxException {
    if (!field.type().isOrdered()) {
      throw error(
          operator, "'" + field.name() + "' has no order: compare it with == != ~ !~ contains in");
    }
    long bound = number(value, value.unescaped());
    LongPredicate test =
        switch (operator.text()) {
          case "<" -> number -> number < bound;
          case "<=" -> number -> number <= bound;
          case ">" -> number -> number > bound;
          default -> number -> number >= bound;
        };
    return field.anyNumber(test);
  }

  private Condition matches(Token operator, Token value) throws FilterSyntaxException {
    requireText(operator);
    String regex = value.regex();
    try {
      Pattern pattern = BoundedRegex.compile(regex);
      return field.anyText(text -> pattern.matcher(text).find());
    } catch (PatternSyntaxException e) {
      int quote = value.kind() == Token.Kind.QUOTED ? 1 : 0;
      int place = Math.max(0, value.text().indexOf(e.getPattern()));
      throw new FilterSyntaxException(
          expression,
          value.position() + quote + place,
          "no regular expression: " + e.getDescription());
    }
  }

  Condition contains(Token verb, Token value) throws FilterSyntaxException {
    requireText(verb);
    String part = value.unescaped();
    return field.anyText(text -> text.contains(part));
  }

  Condition in(Token verb, List<Token> values) throws FilterSyntaxException {
    if (field.type() == FieldType.BOOLEAN) {
      throw error(verb, "'" + field.name() + "' is true or false: compare it with ==");
    }
    return field.type().isNumeric()
        ? field.anyNumber(inRanges(values))
        : field.anyText(inTexts(values));
  }

  private LongPredicate inRanges(List<Token> values) throws FilterSyntaxException {
    long[] bounds = new long[2 * values.size()];
    for (int i = 0; i < values.size(); i++) {
      Token value = values.get(i);
      String word = value.unescaped();
      int dots = word.indexOf(RANGE);
      bounds[2 * i] = number(value, dots < 0 ? word : word.substring(0, dots));
      bounds[2 * i + 1] =
          dots < 0 ? bounds[2 * i] : number(value, word.substring(dots + RANGE.length()));
      if (bounds[2 * i] > bounds[2 * i + 1]) {
        throw error(value, "range ends before it begins: write the smaller value first");
      }
    }
    return number -> {
      for (int i = 0; i < bounds.length; i += 2) {
        if (bounds[i] <= number && number <= bounds[i + 1]) {
          return true;
        }
      }
      return false;
    };
  }

  private Predicate<String> inTexts(List<Token> values) throws FilterSyntaxException {
    Set<String> plain = new HashSet<>();
    List<Predicate<String>> others = new ArrayList<>();
    for (Token value : values) {
      if (field.type() == FieldType.ADDRESS) {
        others.add(text(value));
      } else {
        plain.add(word(value));
      }
    }
    if (others.isEmpty()) {
      return plain::contains;
    }
    return text -> others.stream().anyMatch(other -> other.test(text));
  }

  private Predicate<String> text(Token value) throws FilterSyntaxException {
    String wanted = word(value);
    AddressRange range = field.type() == FieldType.ADDRESS ? AddressRange.parse(wanted) : null;
    return range == null ? wanted::equals : text -> range.contains(text) || text.equals(wanted);
  }

  private String word(Token value) throws FilterSyntaxException {
    String wanted = value.unescaped();
    if (field.type() == FieldType.WORD && !field.words().contains(wanted)) {
      String nearest = Nearest.of(wanted, field.words());
      throw error(
          value,
          "'"
              + field.name()
              + "' is never '"
              + wanted
              + "': "
              + (nearest == null
                  ? "it is one of " + String.join(", ", field.words())
                  : "did you mean '" + nearest + "'?"));
    }
    if (field.type() == FieldType.ADDRESS
        && value.kind() == Token.Kind.WORD
        && AddressRange.parse(wanted) == null) {
      throw error(value, "'" + wanted + "' is no " + address());
    }
    return wanted;
  }

  private static String address() {
    return FieldType.ADDRESS.example().substring("an ".length());
  }

  private long number(Token token, String word) throws FilterSyntaxException {
    Long number = Literals.parse(field, word, captureStartNanos);
    if (number == null) {
      throw error(token, "'" + field.name() + "' is " + example() + ", not '" + word + "'");
    }
    relative |= Literals.isRelative(field, word);
    return number;
  }

  private String example() {
    return field.type().example();
  }

  private void requireText(Token operator) throws FilterSyntaxException {
    if (field.type().isNumeric()) {
      throw error(
          operator,
          "'"
              + field.name()
              + "' is no text: compare it with == !="
              + (field.type().isOrdered() ? " < <= > >= in" : ""));
    }
  }

  private FilterSyntaxException error(Token token, String problem) {
    return new FilterSyntaxException(expression, token.position(), problem);
  }
}
