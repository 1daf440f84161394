// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.target;

import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Locale;

/** IP addresses as text; names are never looked up here. */
public final class Addresses {
  private Addresses() {}

  /** Returns whether the text is an IP address. */
  public static boolean isLiteral(String text) {
    return NetUtil.createByteArrayFromIpAddressString(text) != null;
  }

  /**
   * Returns one text for all spellings of an address (RFC 5952), IPv4 for IPv4-mapped ones; what is
   * no address comes back in lower case.
   */
  public static String canonical(String text) {
    // InetAddress makes an IPv4 address of an IPv4-mapped one.
    return isLiteral(text)
        ? NetUtil.toAddressString(ofLiteral(text))
        : text.toLowerCase(Locale.ROOT);
  }

  /** Returns whether connecting to it stays on this host whatever the network looks like. */
  static boolean isLoopback(InetAddress address) {
    // Connecting to the unspecified address reaches the host itself on Linux.
    return address.isLoopbackAddress() || address.isAnyLocalAddress();
  }

  /** Returns the address of a literal. */
  public static InetAddress ofLiteral(String text) {
    byte[] raw = NetUtil.createByteArrayFromIpAddressString(text);
    if (raw == null) {
      throw new IllegalArgumentException("address=" + text);
    }
    try {
      return InetAddress.getByAddress(raw);
    } catch (UnknownHostException e) {
      throw new IllegalStateException("addressBytes=" + raw.length, e);
    }
  }
}
