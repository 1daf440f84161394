// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.filter;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Turns an expression into a condition.
 *
 * <pre>
 * or         = and { "or" and }
 * and        = not { "and" not }
 * not        = "not" not | "(" or ")" | comparison
 * comparison = field [ operator value | [ "not" ] "in" "(" value { "," value } ")"
 *                    | [ "not" ] "contains" value ]
 * field      = NAME [ "[" TEXT "]" ]
 * </pre>
 */
final class Parser {
  /** More than anybody writes; keeps the recursion within any thread's stack. */
  private static final int MAX_DEPTH = 200;

  private static final int MAX_LENGTH = 1 << 16;
  private static final List<String> KEYWORDS = List.of("and", "or", "not", "in", "contains");

  private final String expression;
  private final long captureStartNanos;
  private List<Token> tokens = List.of();
  private int at;
  private int depth;
  private boolean relative;

  /** Prepares for an expression. */
  Parser(String expression, long captureStartNanos) {
    this.expression = expression;
    this.captureStartNanos = captureStartNanos;
  }

  boolean hasRelativeTimes() {
    return relative;
  }

  Condition parse() throws FilterSyntaxException {
    if (expression.length() > MAX_LENGTH) {
      throw new FilterSyntaxException(expression, MAX_LENGTH, "expression too long");
    }
    tokens = Lexer.tokens(expression);
    Condition all = or();
    if (peek().kind() != Token.Kind.END) {
      throw error(peek(), "unexpected " + peek().described() + ": write 'and' or 'or' before it");
    }
    return all;
  }

  private Condition or() throws FilterSyntaxException {
    List<Condition> parts = new ArrayList<>();
    do {
      parts.add(and());
    } while (takesWord("or", "||"));
    return parts.size() == 1 ? parts.get(0) : new Condition.AnyOf(parts);
  }

  private Condition and() throws FilterSyntaxException {
    List<Condition> parts = new ArrayList<>();
    do {
      parts.add(not());
    } while (takesWord("and", "&&"));
    return parts.size() == 1 ? parts.get(0) : new Condition.AllOf(parts);
  }

  private Condition not() throws FilterSyntaxException {
    Token first = peek();
    depth++;
    if (depth > MAX_DEPTH) {
      throw error(first, "nested too deeply");
    }
    Condition result;
    if (takesWord("not", "!")) {
      result = new Condition.Not(not());
    } else if (first.isSymbol("(")) {
      at++;
      result = or();
      if (!peek().isSymbol(")")) {
        throw error(peek(), "expected ')' for the bracket at character " + (first.position() + 1));
      }
      at++;
    } else {
      result = comparison();
    }
    depth--;
    return result;
  }

  private Condition comparison() throws FilterSyntaxException {
    Field field = field();
    Comparison comparison = new Comparison(expression, field, captureStartNanos);
    Token operator = peek();
    Condition result;
    boolean negated = operator.isKeyword("not");
    if (negated) {
      at++;
    }
    Token verb = peek();
    if (verb.isKeyword("in")) {
      at++;
      result = comparison.in(verb, values());
    } else if (verb.isKeyword("contains")) {
      at++;
      result = comparison.contains(verb, value(field));
    } else if (negated) {
      throw error(verb, "expected 'in' or 'contains' after 'not', not " + verb.described());
    } else if (operator.kind() == Token.Kind.SYMBOL
        && Comparison.OPERATORS.contains(operator.text())) {
      at++;
      result = comparison.compare(operator, value(field));
    } else if (operator.kind() == Token.Kind.QUOTED || isNoKeyword(operator)) {
      throw error(
          operator,
          "unexpected "
              + operator.described()
              + ": write a comparison such as == or ~ after '"
              + field.name()
              + "', or 'and' or 'or'");
    } else {
      result = comparison.alone();
    }
    relative |= comparison.hasRelativeTimes();
    return negated ? Comparison.negated(field, result) : result;
  }

  private static boolean isNoKeyword(Token token) {
    return token.kind() == Token.Kind.WORD
        && !KEYWORDS.contains(token.text().toLowerCase(Locale.ROOT));
  }

  private Field field() throws FilterSyntaxException {
    Token name = next();
    if (name.kind() != Token.Kind.WORD || KEYWORDS.contains(name.text())) {
      throw error(
          name, "expected a field such as status, path or duration, not " + name.described());
    }
    String text = name.text().toLowerCase(Locale.ROOT);
    if (peek().isSymbol("[")) {
      return keyed(name, text);
    }
    Field field = Fields.named(text);
    if (field == null) {
      field = dotted(text, name.text());
    }
    if (field == null) {
      throw unknown(name, text);
    }
    return field;
  }

  private Field keyed(Token name, String text) throws FilterSyntaxException {
    if (!MessageFields.KEYED.contains(text)) {
      if (Fields.named(text) == null) {
        throw unknown(name, text);
      }
      throw error(peek(), "'" + text + "' has no parts: leave the brackets out");
    }
    at++;
    Token key = next();
    if (key.kind() != Token.Kind.QUOTED && key.kind() != Token.Kind.WORD) {
      throw error(key, "expected a name such as " + text + "[\"x-request-id\"]");
    }
    Token end = next();
    if (!end.isSymbol("]")) {
      throw error(end, "expected ']', not " + end.described());
    }
    return MessageFields.keyed(text, key.unescaped());
  }

  /** {@code request.headers.accept} is {@code request.headers["accept"]}. */
  private static @Nullable Field dotted(String text, String asWritten) {
    for (String name : MessageFields.KEYED) {
      if (text.startsWith(name + ".") && text.length() > name.length() + 1) {
        return MessageFields.keyed(name, asWritten.substring(name.length() + 1));
      }
    }
    return null;
  }

  private FilterSyntaxException unknown(Token name, String text) {
    String nearest = Nearest.of(text, Fields.names());
    return error(
        name,
        "unknown field '"
            + name.text()
            + "': "
            + (nearest == null
                ? "the fields are listed by --help filter"
                : "did you mean '" + nearest + "'?"));
  }

  private List<Token> values() throws FilterSyntaxException {
    Token open = next();
    if (!open.isSymbol("(")) {
      throw error(open, "expected a list such as (404, 500..599), not " + open.described());
    }
    List<Token> values = new ArrayList<>();
    while (true) {
      Token value = next();
      if (value.kind() != Token.Kind.WORD && value.kind() != Token.Kind.QUOTED) {
        throw error(value, "expected a value, not " + value.described());
      }
      values.add(value);
      Token separator = next();
      if (separator.isSymbol(")")) {
        return values;
      }
      if (!separator.isSymbol(",")) {
        throw error(separator, "expected ',' or ')', not " + separator.described());
      }
    }
  }

  private Token value(Field field) throws FilterSyntaxException {
    Token value = next();
    if (value.kind() != Token.Kind.WORD && value.kind() != Token.Kind.QUOTED) {
      throw error(value, "expected " + field.type().example() + ", not " + value.described());
    }
    return value;
  }

  private boolean takesWord(String keyword, String symbol) {
    if (peek().isKeyword(keyword) || peek().isSymbol(symbol)) {
      at++;
      return true;
    }
    return false;
  }

  private Token peek() {
    return tokens.get(at);
  }

  /** Takes the next piece; the end stays. */
  private Token next() {
    Token token = tokens.get(at);
    if (at < tokens.size() - 1) {
      at++;
    }
    return token;
  }

  private FilterSyntaxException error(Token token, String problem) {
    return new FilterSyntaxException(expression, token.position(), problem);
  }
}
