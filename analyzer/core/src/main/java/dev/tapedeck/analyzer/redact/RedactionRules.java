// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.redact;

import com.google.re2j.Pattern;
import dev.tapedeck.analyzer.rules.JsonPathPattern;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What is secret.
 *
 * <p><b>Threads:</b> immutable.
 *
 * @param name of the rule set, as captures name it
 * @param defaults whether {@link DefaultRedaction} and {@link SecretShape} hold besides
 * @param headers names of header and trailer fields, in lower case
 * @param parameters names of parameters of queries
 * @param fields names of fields of forms
 * @param paths values of JSON bodies
 * @param patterns what is secret wherever it stands: the first group, else all
 * @param maxBodyBytes bodies above are dropped, because they are looked through as a whole
 */
public record RedactionRules(
    String name,
    boolean defaults,
    List<Name> headers,
    List<Name> parameters,
    List<Name> fields,
    List<JsonPathPattern> paths,
    List<NamedPattern> patterns,
    int maxBodyBytes) {
  /** Largest body that is looked through when the rules say nothing. */
  public static final int DEFAULT_MAX_BODY_BYTES = 1 << 20;

  /** The rules of a user who gave none. */
  public static final RedactionRules DEFAULT =
      new RedactionRules(
          "default",
          true,
          List.of(),
          List.of(),
          List.of(),
          List.of(),
          List.of(),
          DEFAULT_MAX_BODY_BYTES);

  public RedactionRules {
    headers = List.copyOf(headers);
    parameters = List.copyOf(parameters);
    fields = List.copyOf(fields);
    paths = List.copyOf(paths);
    patterns = List.copyOf(patterns);
    if (maxBodyBytes < 1) {
      throw new IllegalArgumentException("maxBodyBytes=" + maxBodyBytes);
    }
  }

  /**
   * A name with stars.
   *
   * @param text as in the rules file
   * @param pattern of the whole name in lower case
   */
  public record Name(String text, java.util.regex.Pattern pattern) {}

  /**
   * A pattern.
   *
   * @param name by which captures know it; never the pattern, which may tell what is secret
   * @param pattern over text of one character a byte
   */
  public record NamedPattern(String name, Pattern pattern) {}

  /** Returns whether the value of a header field of that name is secret. */
  boolean isSecretHeader(String header) {
    return (defaults && DefaultRedaction.isSecretHeader(header)) || matches(headers, header);
  }

  /** Returns whether a query's parameter of that name is secret. */
  boolean isSecretParameter(String parameter) {
    return (defaults && DefaultRedaction.isSecretParameter(parameter))
        || matches(parameters, parameter);
  }

  /** Returns whether a form's field of that name is secret. */
  boolean isSecretField(String field) {
    return (defaults && DefaultRedaction.isSecretParameter(field)) || matches(fields, field);
  }

  /** Returns whether a member of a JSON object of that name is secret wherever it stands. */
  boolean isSecretMember(@Nullable String member) {
    return defaults && member != null && DefaultRedaction.isSecretParameter(member);
  }

  /** Returns whether bodies have to be looked into. */
  boolean concernBodies() {
    return defaults || !fields.isEmpty() || !paths.isEmpty() || !patterns.isEmpty();
  }

  /** Returns whether JSON bodies have to be understood. */
  boolean concernJson() {
    return defaults || !paths.isEmpty();
  }

  /** Returns whether forms have to be understood. */
  boolean concernForms() {
    return defaults || !fields.isEmpty();
  }

  /** Adds what the patterns find in a text of one character a byte that begins at an offset. */
  void findPatterns(String text, int offset, Spans spans) {
    for (NamedPattern named : patterns) {
      find(named.pattern(), text, offset, spans);
    }
    if (defaults) {
      byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
      new ShapeSecrets(bytes, 0, bytes.length, offset, spans).find();
    }
  }

  private static void find(Pattern pattern, String text, int offset, Spans spans) {
    var matcher = pattern.matcher(text);
    while (matcher.find()) {
      int group = matcher.groupCount() > 0 && matcher.start(1) >= 0 ? 1 : 0;
      spans.add(offset + matcher.start(group), offset + matcher.end(group));
    }
  }

  private static boolean matches(List<Name> names, String name) {
    if (names.isEmpty()) {
      return false;
    }
    String lower = name.toLowerCase(Locale.ROOT);
    return names.stream().anyMatch(each -> each.pattern().matcher(lower).matches());
  }

  /** Returns the rules by name, as captures state them: {@code default; header x-pin; ...}. */
  public String describe() {
    StringBuilder text = new StringBuilder(name);
    if (defaults && !name.equals(DEFAULT.name())) {
      text.append("; default");
    }
    headers.forEach(header -> text.append("; header ").append(header.text()));
    parameters.forEach(parameter -> text.append("; query ").append(parameter.text()));
    fields.forEach(field -> text.append("; form ").append(field.text()));
    paths.forEach(path -> text.append("; json ").append(path.text()));
    patterns.forEach(pattern -> text.append("; pattern ").append(pattern.name()));
    return text.toString();
  }
}
