// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.stream;

import dev.tapedeck.format.Bytes;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The first message of an end of a TLS connection (RFC 8446, 4.1; RFC 5246, 7.4.1), cut or not. */
sealed interface TlsHello {
  /**
   * What a client asks for.
   *
   * @param serverName null when it is not there
   * @param protocols null when they are not there as a whole
   */
  record Client(@Nullable String serverName, @Nullable List<String> protocols)
      implements TlsHello {}

  /**
   * What a server chose.
   *
   * @param version null when it is not there
   * @param cipher name or number
   * @param protocol null when it is not there
   */
  record Server(@Nullable String version, String cipher, @Nullable String protocol)
      implements TlsHello {}

  /** Reads the beginning of a TLS record; null when it begins no hello, or too little is there. */
  static @Nullable TlsHello read(Bytes record) {
    return new Parser(record).read();
  }

  /** Walks a hello. Beyond the end all bytes are 0, and {@code cut} is set. */
  final class Parser {
    private static final int HANDSHAKE = 22;
    private static final int CLIENT_HELLO = 1;
    private static final int SERVER_HELLO = 2;
    private static final int RANDOM_BYTES = 32;
    private static final int TLS_1_2 = 0x0303;

    /** RFC 6066, 3. */
    private static final int SERVER_NAME = 0;

    private static final int HOST_NAME = 0;

    /** RFC 7301, 3.1. */
    private static final int PROTOCOLS = 16;

    /** RFC 8446, 4.2.1. */
    private static final int SUPPORTED_VERSIONS = 43;

    private final Bytes bytes;
    private int at;
    private int end;
    private boolean cut;
    private @Nullable String serverName;
    private @Nullable List<String> protocols;
    private int version;

    private Parser(Bytes bytes) {
      this.bytes = bytes;
      this.end = bytes.length();
    }

    @Nullable TlsHello read() {
      if (number(1) != HANDSHAKE || number(1) != 3) {
        return null;
      }
      skip(3);
      int type = number(1);
      if (type != CLIENT_HELLO && type != SERVER_HELLO) {
        return null;
      }
      int length = number(3);
      if (length > end - at) {
        cut = true;
      } else {
        end = at + length;
      }
      int legacyVersion = number(2);
      skip(RANDOM_BYTES);
      skip(number(1));
      return type == CLIENT_HELLO ? client() : server(legacyVersion);
    }

    private @Nullable TlsHello client() {
      skip(number(2));
      skip(number(1));
      extensions(true);
      return serverName == null && protocols == null ? null : new Client(serverName, protocols);
    }

    private @Nullable TlsHello server(int legacyVersion) {
      if (end - at < 3) {
        return null;
      }
      int cipher = number(2);
      skip(1);
      extensions(false);
      if (version == 0 && (legacyVersion != TLS_1_2 || !cut)) {
        version = legacyVersion;
      }
      return new Server(
          version == 0 ? null : versionName(version),
          CipherSuites.name(cipher),
          protocols == null || protocols.size() != 1 ? null : protocols.get(0));
    }

    /** Extensions may be missing altogether before TLS 1.3. */
    private void extensions(boolean client) {
      if (at == end) {
        return;
      }
      int length = number(2);
      if (length > end - at) {
        cut = true;
      } else {
        end = at + length;
      }
      while (end - at >= 4) {
        int type = number(2);
        int bytesOfIt = number(2);
        if (bytesOfIt > end - at) {
          cut = true;
          return;
        }
        extension(type, at + bytesOfIt, client);
        at += bytesOfIt;
      }
      cut |= at != end;
    }

    /** Reads an extension that is there as a whole, without going on to the next. */
    private void extension(int type, int endOfIt, boolean client) {
      Parser inner = new Parser(bytes);
      inner.at = at;
      inner.end = endOfIt;
      if (type == SERVER_NAME && client) {
        serverName = inner.hostName();
      } else if (type == PROTOCOLS) {
        protocols = inner.names();
      } else if (type == SUPPORTED_VERSIONS && !client && endOfIt - at == 2) {
        version = inner.number(2);
      }
    }

    private @Nullable String hostName() {
      if (number(2) != end - at || number(1) != HOST_NAME) {
        return null;
      }
      int length = number(2);
      return length == 0 ? null : text(length);
    }

    private @Nullable List<String> names() {
      List<String> names = new ArrayList<>(2);
      if (number(2) != end - at) {
        return null;
      }
      while (at < end) {
        String name = text(number(1));
        if (name == null || name.isEmpty()) {
          return null;
        }
        names.add(name);
      }
      return names.isEmpty() ? null : names;
    }

    private @Nullable String text(int length) {
      if (length > end - at) {
        return null;
      }
      at += length;
      return bytes.slice(at - length, at).toLatin1();
    }

    private int number(int count) {
      if (count > end - at) {
        cut = true;
        at = end;
        return 0;
      }
      int value = 0;
      for (int i = 0; i < count; i++) {
        value = (value << 8) | (bytes.get(at++) & 0xff);
      }
      return value;
    }

    private void skip(int count) {
      if (count > end - at) {
        cut = true;
        at = end;
      } else {
        at += count;
      }
    }

    private static String versionName(int version) {
      return switch (version) {
        case 0x0300 -> "SSLv3";
        case 0x0301 -> "TLSv1";
        case 0x0302 -> "TLSv1.1";
        case TLS_1_2 -> "TLSv1.2";
        case 0x0304 -> "TLSv1.3";
        default -> String.format(Locale.ROOT, "0x%04x", version);
      };
    }
  }
}
