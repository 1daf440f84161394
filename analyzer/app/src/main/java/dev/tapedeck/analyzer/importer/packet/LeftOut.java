// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.importer.packet;

/** Why a packet gave no TCP segment, or what is odd about one that did. */
public enum LeftOut {
  LINK_TYPE("of link types that are not supported"),
  NOT_IP("not of IP"),
  UDP("of UDP"),
  ICMP("of ICMP"),
  OTHER_TRANSPORT("of other transports"),
  CUT_HEADERS("cut within their headers"),
  MALFORMED("with malformed headers"),
  FRAGMENT("fragments without the rest of their datagram");

  private final String words;

  LeftOut(String words) {
    this.words = words;
  }

  /** Returns how to say it behind a number of packets. */
  public String words() {
    return words;
  }
}
