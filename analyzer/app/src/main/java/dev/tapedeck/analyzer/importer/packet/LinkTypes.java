// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.importer.packet;

import java.util.Map;

/** The link types of packet files that are read, and the names of others. */
public final class LinkTypes {
  static final int NULL = 0;
  static final int ETHERNET = 1;
  static final int PPP = 9;
  static final int PPP_HDLC = 50;
  static final int PPP_ETHER = 51;
  static final int CISCO_HDLC = 104;
  static final int LOOP = 108;
  static final int LINUX_COOKED = 113;
  static final int LINUX_ARCNET = 129;
  static final int NETFILTER_LOG = 239;
  static final int LINUX_COOKED_2 = 276;

  static final int PPPOE = 0x8864;
  static final int MPLS = 0x8847;
  static final int MPLS_MULTICAST = 0x8848;
  static final int TRANSPARENT_ETHERNET = 0x6558;

  /** Bytes before the network layer; raw IP has numbers of several systems. */
  private static final Map<Integer, Integer> HEADER_BYTES =
      Map.ofEntries(
          Map.entry(NULL, 4),
          Map.entry(ETHERNET, 14),
          Map.entry(PPP, 0),
          Map.entry(PPP_HDLC, 0),
          Map.entry(PPP_ETHER, 6),
          Map.entry(CISCO_HDLC, 4),
          Map.entry(LOOP, 4),
          Map.entry(LINUX_COOKED, 16),
          Map.entry(LINUX_COOKED_2, 20),
          Map.entry(LINUX_ARCNET, 5),
          Map.entry(NETFILTER_LOG, 4),
          Map.entry(12, 0),
          Map.entry(14, 0),
          Map.entry(101, 0),
          Map.entry(228, 0),
          Map.entry(229, 0));

  private static final Map<Integer, String> OTHER_NAMES =
      Map.of(
          6, "Token Ring",
          10, "FDDI",
          105, "IEEE 802.11",
          119, "IEEE 802.11 with Prism header",
          127, "IEEE 802.11 with radiotap header",
          147, "user defined",
          192, "per-packet information",
          220, "USB",
          253, "netlink");

  private LinkTypes() {}

  /** Returns how many bytes stand before the network layer at least; −1 when not supported. */
  static int headerBytes(int linkType) {
    return HEADER_BYTES.getOrDefault(linkType, -1);
  }

  static boolean isVlanTag(int etherType) {
    return etherType == 0x8100 || etherType == 0x88a8 || etherType == 0x9100 || etherType == 0x9200;
  }

  /** AF_INET is 2 everywhere; AF_INET6 differs between systems. */
  static boolean isInternetFamily(long family) {
    return family == 2 || family == 10 || family == 24 || family == 28 || family == 30;
  }

  /** Returns the number of a link type and its name where there is one. */
  public static String describe(int linkType) {
    String name = OTHER_NAMES.get(linkType);
    return name == null ? Integer.toString(linkType) : linkType + " (" + name + ")";
  }
}
