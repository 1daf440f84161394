// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.message;

import dev.tapedeck.analyzer.HeaderField;
import dev.tapedeck.analyzer.HeaderFields;
import dev.tapedeck.format.Role;
import java.util.Locale;

/**
 * The extensions that both ends of a WebSocket connection agreed on.
 *
 * @param known whether the answer that names them was captured
 * @param deflate whether permessage-deflate is one of them (RFC 7692)
 * @param other whether there is one that is not known here
 * @param clientKeepsWindow whether what the client compresses refers to its earlier messages
 * @param serverKeepsWindow the same of the server
 */
public record DeflateParameters(
    boolean known,
    boolean deflate,
    boolean other,
    boolean clientKeepsWindow,
    boolean serverKeepsWindow) {
  /** For a connection of which the handshake was not captured. */
  public static final DeflateParameters UNKNOWN =
      new DeflateParameters(false, false, false, true, true);

  private static final String NO_EXTENSION = "";

  /** Reads the answer's Sec-WebSocket-Extensions fields (RFC 6455, section 9.1). */
  public static DeflateParameters of(HeaderFields answer) {
    boolean deflate = false;
    boolean other = false;
    boolean clientKeeps = true;
    boolean serverKeeps = true;
    for (HeaderField field : answer.all("sec-websocket-extensions")) {
      for (String extension : field.value().split(",", -1)) {
        String[] parts = extension.split(";", -1);
        String name = word(parts[0]);
        if (name.equals("permessage-deflate")) {
          deflate = true;
          for (int i = 1; i < parts.length; i++) {
            String parameter = word(parts[i]);
            clientKeeps &= !parameter.equals("client_no_context_takeover");
            serverKeeps &= !parameter.equals("server_no_context_takeover");
          }
        } else {
          other |= !name.equals(NO_EXTENSION);
        }
      }
    }
    return new DeflateParameters(true, deflate, other, clientKeeps, serverKeeps);
  }

  private static String word(String part) {
    int end = part.indexOf('=');
    return (end < 0 ? part : part.substring(0, end)).strip().toLowerCase(Locale.ROOT);
  }

  /** Returns whether the sender's messages may be compressed. */
  boolean mayDeflate() {
    return deflate || !known;
  }

  /** Returns whether reserved bits may mean something that is not known here. */
  boolean mayReserve() {
    return other || !known;
  }

  boolean keepsWindow(Role sender) {
    return sender == Role.CLIENT ? clientKeepsWindow : serverKeepsWindow;
  }
}
