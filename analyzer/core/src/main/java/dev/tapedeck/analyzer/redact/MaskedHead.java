// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.redact;

import dev.tapedeck.analyzer.HeaderField;
import dev.tapedeck.analyzer.HeaderFields;
import dev.tapedeck.analyzer.HttpMessage;
import dev.tapedeck.analyzer.HttpResponse;
import dev.tapedeck.format.Bytes;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Locale;
import java.util.Set;
import java.util.function.Predicate;

/**
 * A copy of a message's head in which secrets are masked; nothing moves, so that all offsets hold.
 *
 * <p><b>Lifecycle:</b> {@link #find}, for all heads of an exchange, then {@link #mask}.
 */
final class MaskedHead {
  private static final byte HIDDEN = '*';

  private final HttpMessage message;
  private final HeaderFields fields;

  /** Whether fields lie in the head; those of HTTP/2 lie beside frames that nobody can mask. */
  private final boolean inHead;

  private final byte[] head;
  private final byte[] section;
  private final byte[] trailers;

  /** The target of a request, or the reason of an answer. */
  private final byte[] text;

  private final byte[] authority;
  private final int textAt;
  private final Spans inSection = new Spans();
  private final Spans inTrailers = new Spans();
  private final Spans inText = new Spans();
  private final Spans inAuthority = new Spans();

  /**
   * Copies a head.
   *
   * @param text target of a request or reason of an answer, one character a byte
   * @param authority of a request; empty when there is none
   */
  MaskedHead(HttpMessage message, String text, String authority) {
    this.message = message;
    this.fields = message.headers();
    Bytes recorded = message.head();
    Bytes lies = fields.section();
    this.inHead =
        fields.size() == 0
            || (lies.sharedArray() == recorded.sharedArray()
                && lies.sharedOffset() == recorded.sharedOffset()
                && lies.length() == recorded.length());
    this.head = recorded.toArray();
    this.section = inHead ? head : lies.toArray();
    this.trailers = message.trailers().section().toArray();
    this.text = text.getBytes(StandardCharsets.ISO_8859_1);
    this.authority = authority.getBytes(StandardCharsets.ISO_8859_1);
    this.textAt = inHead ? place(lineEnd()) : -1;
  }

  private int lineEnd() {
    int end = 0;
    while (end < head.length && head[end] != '\n') {
      end++;
    }
    return end;
  }

  /** Returns where the text stands in the start line; −1 when it does not. */
  private int place(int lineEnd) {
    int blank = 0;
    while (blank < lineEnd && head[blank] != ' ' && head[blank] != '\t') {
      blank++;
    }
    for (int at = blank; text.length > 0 && at + text.length <= lineEnd; at++) {
      if (Arrays.equals(head, at, at + text.length, text, 0, text.length)) {
        return at;
      }
    }
    return -1;
  }

  /** Finds the secrets; adds those of some length to values that are secret elsewhere too. */
  void find(RedactionRules rules, Predicate<String> secret, int leastBytes, Set<String> values) {
    Parameters.findInUrl(text, 0, text.length, secret, inText);
    userInformation(text, inText);
    userInformation(authority, inAuthority);
    TextSecrets inLine = new TextSecrets(text, 0, text.length, secret, inText);
    (message instanceof HttpResponse ? inLine.loose() : inLine).find(KnownSecrets.NONE);
    if (inHead) {
      hideOddBytes(head, fields, lineEnd());
      if (text.length > 0 && textAt < 0) {
        Arrays.fill(head, 0, lineEnd(), HIDDEN);
      }
    } else {
      Arrays.fill(head, HIDDEN);
    }
    if (!inHead) {
      hideOddBytes(section, fields.withPseudoFields(), 0);
    }
    find(rules, secret, fields.withPseudoFields(), section, inSection);
    find(rules, secret, message.trailers(), trailers, inTrailers);
    values.addAll(inText.values(text, leastBytes));
    values.addAll(inSection.values(section, leastBytes));
    values.addAll(inTrailers.values(trailers, leastBytes));
  }

  /** The target of CONNECT, and Host, may carry it without a scheme (RFC 3986, section 3.2.1). */
  static void userInformation(byte[] bytes, Spans spans) {
    int end = 0;
    int at = -1;
    while (end < bytes.length && bytes[end] != '/' && bytes[end] != '?' && bytes[end] != '#') {
      at = bytes[end] == '@' ? end : at;
      end++;
    }
    spans.add(0, at);
  }

  private static void find(
      RedactionRules rules,
      Predicate<String> secret,
      HeaderFields fields,
      byte[] bytes,
      Spans spans) {
    HeadSecrets byName = new HeadSecrets(rules, bytes, spans);
    for (int i = 0; i < fields.size(); i++) {
      HeaderField field = fields.get(i);
      if (!field.isValueKnown()) {
        continue;
      }
      int from = field.valueOffset();
      int to = field.valueEnd();
      if (field.isNameKnown()) {
        String name = field.name().strip().toLowerCase(Locale.ROOT);
        byName.findIn(name, field.value(), from, to);
        if (name.equals("host") || name.equals(":authority")) {
          userInformation(bytes, from, to, spans);
        } else if (name.equals(":path")) {
          Parameters.findInUrl(bytes, from, to, secret, spans);
        }
        new TextSecrets(bytes, from, to, secret, spans).find(KnownSecrets.NONE);
      } else {
        // Its name may be that of a secret.
        spans.add(from, to);
      }
    }
  }

  private static void userInformation(byte[] bytes, int from, int to, Spans spans) {
    Spans own = new Spans();
    userInformation(Arrays.copyOfRange(bytes, from, to), own);
    spans.addAll(own, from);
  }

  /** What is no field and no separator could hold anything. */
  private static void hideOddBytes(byte[] bytes, HeaderFields fields, int start) {
    BitSet seen = new BitSet(bytes.length);
    for (HeaderField field : fields.toList()) {
      if (field.isNameKnown()) {
        seen.set(field.nameOffset(), field.nameOffset() + field.name().length());
      }
      if (field.isValueKnown()) {
        seen.set(field.valueOffset(), field.valueEnd());
      }
    }
    for (int i = seen.nextClearBit(start); i < bytes.length; i = seen.nextClearBit(i + 1)) {
      if (bytes[i] != ':' && (bytes[i] > ' ' || bytes[i] < 0)) {
        bytes[i] = HIDDEN;
      }
    }
  }

  /** Masks what was found, and what is known. */
  void mask(KnownSecrets known) {
    for (HeaderField field : fields.withPseudoFields().toList()) {
      if (field.isValueKnown()) {
        known.find(section, field.valueOffset(), field.valueEnd(), inSection);
      }
    }
    known.find(trailers, 0, trailers.length, inTrailers);
    known.find(text, 0, text.length, inText);
    inSection.mask(section, FixedMask.INSTANCE);
    inTrailers.mask(trailers, FixedMask.INSTANCE);
    inText.mask(text, FixedMask.INSTANCE);
    inAuthority.mask(authority, FixedMask.INSTANCE);
    if (textAt >= 0) {
      System.arraycopy(text, 0, head, textAt, text.length);
    }
  }

  /** Returns the head. */
  Bytes head() {
    return Bytes.wrap(head, 0, head.length);
  }

  /** Returns the fields of the head. */
  HeaderFields headers() {
    return fields.over(inHead ? head() : Bytes.wrap(section, 0, section.length));
  }

  /** Returns the trailer fields. */
  HeaderFields trailers() {
    return message.trailers().over(Bytes.wrap(trailers, 0, trailers.length));
  }

  /** Returns the target or reason. */
  String text() {
    return new String(text, StandardCharsets.ISO_8859_1);
  }

  /** Returns the authority. */
  String authority() {
    return new String(authority, StandardCharsets.ISO_8859_1);
  }
}
