// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.format;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a capture says about itself: where it was made, when and by what.
 *
 * <p><b>Threads:</b> immutable.
 *
 * @param fileId 16 random bytes that every record of the file carries
 * @param hostId number of the recording host, as in {@link ProcessKey} and {@link ConnectionId}
 * @param hostName empty when not known
 * @param architecture such as {@code x86_64}; empty when not known
 * @param kernelRelease as uname(2) says it; empty when not known
 * @param producer the program that made the file and its version
 * @param createdRealNanos when, in nanoseconds since the Unix epoch; 0 when not known
 * @param attributes further facts (hooks, sources, filters, quirks), sorted by name
 * @param hosts the hosts of the events when there are several; else empty
 * @param derivation how the file was made from others; null when it was recorded
 */
public record CaptureHeader(
    Bytes fileId,
    long hostId,
    String hostName,
    String architecture,
    String kernelRelease,
    String producer,
    long createdRealNanos,
    Map<String, String> attributes,
    List<CaptureHost> hosts,
    @Nullable Derivation derivation) {
  /** Bytes of a file id. */
  public static final int FILE_ID_BYTES = 16;

  public CaptureHeader {
    if (fileId.length() != FILE_ID_BYTES) {
      throw new IllegalArgumentException("fileIdLength=" + fileId.length());
    }
    Objects.requireNonNull(hostName, "hostName");
    Objects.requireNonNull(architecture, "architecture");
    Objects.requireNonNull(kernelRelease, "kernelRelease");
    Objects.requireNonNull(producer, "producer");
    SortedMap<String, String> sorted = new TreeMap<>(attributes);
    sorted.forEach(
        (name, value) -> {
          if (name.isEmpty()) {
            throw new IllegalArgumentException("attribute name is empty");
          }
          Objects.requireNonNull(value, name);
        });
    attributes = Collections.unmodifiableSortedMap(sorted);
    hosts = List.copyOf(hosts);
  }

  /** Returns a builder that holds nothing; {@link Builder#fileId} must be set. */
  public static Builder newBuilder() {
    return new Builder();
  }

  /** Returns a builder that holds this header's values. */
  public Builder toBuilder() {
    return new Builder()
        .fileId(fileId)
        .hostId(hostId)
        .hostName(hostName)
        .architecture(architecture)
        .kernelRelease(kernelRelease)
        .producer(producer)
        .createdRealNanos(createdRealNanos)
        .attributes(attributes)
        .hosts(hosts)
        .derivation(derivation);
  }

  /** Collects the parts of a {@link CaptureHeader}. Confined to one thread. */
  public static final class Builder {
    private Bytes fileId = Bytes.empty();
    private long hostId;
    private String hostName = "";
    private String architecture = "";
    private String kernelRelease = "";
    private String producer = "";
    private long createdRealNanos;
    private final SortedMap<String, String> attributes = new TreeMap<>();
    private final List<CaptureHost> hosts = new ArrayList<>();
    private @Nullable Derivation derivation;

    private Builder() {}

    /** Sets the 16 bytes that name the file. */
    public Builder fileId(Bytes fileId) {
      this.fileId = fileId;
      return this;
    }

    public Builder hostId(long hostId) {
      this.hostId = hostId;
      return this;
    }

    public Builder hostName(String hostName) {
      this.hostName = hostName;
      return this;
    }

    public Builder architecture(String architecture) {
      this.architecture = architecture;
      return this;
    }

    public Builder kernelRelease(String kernelRelease) {
      this.kernelRelease = kernelRelease;
      return this;
    }

    /** Sets the program that makes the file and its version. */
    public Builder producer(String producer) {
      this.producer = producer;
      return this;
    }

    /** Sets when the file is made, in nanoseconds since the Unix epoch. */
    public Builder createdRealNanos(long createdRealNanos) {
      this.createdRealNanos = createdRealNanos;
      return this;
    }

    /** Adds one fact. */
    public Builder attribute(String name, String value) {
      attributes.put(name, value);
      return this;
    }

    /** Adds facts. */
    public Builder attributes(Map<String, String> attributes) {
      this.attributes.putAll(attributes);
      return this;
    }

    /** Adds hosts, in a capture of several. */
    public Builder hosts(List<CaptureHost> hosts) {
      this.hosts.addAll(hosts);
      return this;
    }

    /** Sets how the file is made from others. */
    public Builder derivation(@Nullable Derivation derivation) {
      this.derivation = derivation;
      return this;
    }

    /** Returns the header. */
    public CaptureHeader build() {
      return new CaptureHeader(
          fileId,
          hostId,
          hostName,
          architecture,
          kernelRelease,
          producer,
          createdRealNanos,
          attributes,
          hosts,
          derivation);
    }
  }
}
