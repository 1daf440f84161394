// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;

/** Makes the header of a merged capture from the headers of the merged ones. */
final class MergeHeader {
  /** Stands between values that differ. */
  private static final String SEPARATOR = " | ";

  private MergeHeader() {}

  /**
   * Returns the header. What all say alike stays; where they differ, the texts stand side by side
   * in the order of the captures. The facts about the host stay only when all have the same one.
   */
  static CaptureHeader of(List<CaptureHeader> headers, Bytes fileId, String producer) {
    Map<Long, CaptureHost> hosts = new LinkedHashMap<>();
    headers.forEach(header -> addHosts(header, hosts));
    CaptureHeader.Builder merged =
        CaptureHeader.newBuilder()
            .fileId(fileId)
            .producer(joined(headers, CaptureHeader::producer))
            .createdRealNanos(
                headers.stream()
                    .mapToLong(CaptureHeader::createdRealNanos)
                    .filter(nanos -> nanos != 0)
                    .min()
                    .orElse(0))
            .derivation(
                new Derivation(
                    "merge",
                    producer,
                    headers.stream()
                        .map(header -> Derivation.Origin.ofWhole(header.fileId()))
                        .toList()));
    Set<String> names = new LinkedHashSet<>();
    headers.forEach(header -> names.addAll(header.attributes().keySet()));
    Map<String, String> attributes = new TreeMap<>();
    for (String name : names) {
      attributes.put(name, joined(headers, header -> header.attributes().getOrDefault(name, "")));
    }
    merged.attributes(attributes);
    if (hosts.size() == 1) {
      CaptureHost host = hosts.values().iterator().next();
      return merged
          .hostId(host.hostId())
          .hostName(host.hostName())
          .architecture(host.architecture())
          .kernelRelease(host.kernelRelease())
          .build();
    }
    return merged.hosts(new ArrayList<>(hosts.values())).build();
  }

  private static void addHosts(CaptureHeader header, Map<Long, CaptureHost> hosts) {
    if (header.hosts().isEmpty()) {
      hosts.putIfAbsent(
          header.hostId(),
          new CaptureHost(
              header.hostId(), header.hostName(), header.architecture(), header.kernelRelease()));
    } else {
      header.hosts().forEach(host -> hosts.putIfAbsent(host.hostId(), host));
    }
  }

  private static String joined(List<CaptureHeader> headers, Function<CaptureHeader, String> value) {
    Set<String> distinct = new LinkedHashSet<>();
    headers.stream().map(value).filter(text -> !text.isEmpty()).forEach(distinct::add);
    return String.join(SEPARATOR, distinct);
  }
}
