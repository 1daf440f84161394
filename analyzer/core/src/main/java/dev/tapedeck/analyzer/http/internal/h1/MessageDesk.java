// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.http.internal.h1;

/**
 * What it takes to read a message: some kilobytes that a connection needs not between its messages.
 *
 * <p><b>Ownership:</b> a parser's, for one message after the other. <b>Threads:</b> confined to
 * one.
 */
final class MessageDesk {
  /** Stands where none is; nobody reads or writes what lies on it. */
  static final MessageDesk NONE = new MessageDesk(new RequestRules(), 0, 0);

  final ParsedMessage message = new ParsedMessage();
  final HeadScanner head;
  final FieldReader fields = new FieldReader();
  final BodyReader body;
  final StartEvidence evidence;
  final Carry carry = new Carry();

  MessageDesk(MessageRules rules, int maxHeadBytes, long maxBodyBytes) {
    head = new HeadScanner(rules);
    body = new BodyReader(message, fields, rules.unframed(), maxHeadBytes);
    evidence = new StartEvidence(rules);
    message.keepAtMost(maxBodyBytes);
  }
}
