// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.recorder.bpf;

import dev.tapedeck.recorder.bpf.internal.Errno;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import jnr.ffi.Pointer;

/**
 * A map of a {@link BpfObject}.
 *
 * <p><b>Units and encoding:</b> keys and values are in the host's byte order, from position 0 to
 * the limit. Values of per-CPU maps hold one slot for each possible CPU, each rounded up to 8
 * bytes.
 *
 * <p><b>Ownership:</b> valid as long as its object is open. Buffers are copied.
 *
 * <p><b>Threads:</b> map operations are the kernel's and safe for use by many.
 */
public final class BpfMap {
  /** {@code BPF_MAP_TYPE_*} of {@code linux/bpf.h} that hold a value for each CPU. */
  private static final List<Integer> PER_CPU_TYPES = List.of(5, 6, 10);

  private static final int SLOT_ALIGNMENT_BYTES = 8;

  private final LibraryHandle library;
  private final BpfObject object;
  private final Pointer map;
  private final String name;
  private final int keyBytes;
  private final int slotBytes;
  private final int slots;

  BpfMap(LibraryHandle library, BpfObject object, Pointer map, String name) throws BpfException {
    this.library = library;
    this.object = object;
    this.map = map;
    this.name = name;
    this.keyBytes = library.libbpf().bpf_map__key_size(map);
    int valueBytes = library.libbpf().bpf_map__value_size(map);
    boolean perCpu = PER_CPU_TYPES.contains(library.libbpf().bpf_map__type(map));
    this.slots =
        perCpu ? library.checkResult(library.libbpf().libbpf_num_possible_cpus(), "count CPUs") : 1;
    this.slotBytes =
        perCpu
            ? (valueBytes + SLOT_ALIGNMENT_BYTES - 1) / SLOT_ALIGNMENT_BYTES * SLOT_ALIGNMENT_BYTES
            : valueBytes;
  }

  /** Returns the map's name. */
  public String name() {
    return name;
  }

  /** Returns the size of a key in bytes. */
  public int keyBytes() {
    return keyBytes;
  }

  /** Returns the size of one CPU's value in bytes, or of the value where there is only one. */
  public int slotBytes() {
    return slotBytes;
  }

  /** Returns how many slots a value has: CPUs for per-CPU maps, else 1. */
  public int slots() {
    return slots;
  }

  /** Returns how many entries the map can hold; for a ring buffer, its size in bytes. */
  public int maxEntries() {
    object.requireOpen();
    return library.libbpf().bpf_map__max_entries(map);
  }

  /**
   * Sets how many entries the map can hold; for a ring buffer, its size in bytes.
   *
   * @throws BpfException when the object is loaded already
   */
  public void setMaxEntries(int entries) throws BpfException {
    object.requireOpen();
    library.checkResult(
        library.libbpf().bpf_map__set_max_entries(map, entries), "set size of map " + name);
  }

  int fd() throws BpfException {
    object.requireOpen();
    return library.checkResult(library.libbpf().bpf_map__fd(map), "descriptor of map " + name);
  }

  /** Returns a new zeroed key in the host's byte order. */
  public ByteBuffer newKey() {
    return ByteBuffer.allocate(keyBytes).order(ByteOrder.nativeOrder());
  }

  /** Returns a new zeroed value, all slots, in the host's byte order. */
  public ByteBuffer newValue() {
    return ByteBuffer.allocate(slotBytes * slots).order(ByteOrder.nativeOrder());
  }

  /**
   * Returns the value of a key; empty when there is none.
   *
   * @throws BpfException when the kernel refuses
   */
  public Optional<ByteBuffer> get(ByteBuffer key) throws BpfException {
    Pointer value = library.allocate(slotBytes * slots);
    int result = library.libbpf().bpf_map_lookup_elem(fd(), toNative(key, keyBytes), value);
    if (isMissing(result)) {
      return Optional.empty();
    }
    library.checkResult(result, "look up in map " + name);
    return Optional.of(toBuffer(value, slotBytes * slots));
  }

  /**
   * Sets the value of a key.
   *
   * @throws BpfException when the map is full or the kernel refuses
   */
  public void put(ByteBuffer key, ByteBuffer value) throws BpfException {
    library.checkResult(
        library
            .libbpf()
            .bpf_map_update_elem(
                fd(), toNative(key, keyBytes), toNative(value, slotBytes * slots), 0),
        "update map " + name);
  }

  /**
   * Removes a key, if it is there.
   *
   * @throws BpfException when the kernel refuses
   */
  public void remove(ByteBuffer key) throws BpfException {
    int result = library.libbpf().bpf_map_delete_elem(fd(), toNative(key, keyBytes));
    if (!isMissing(result)) {
      library.checkResult(result, "delete from map " + name);
    }
  }

  /**
   * Returns the keys. Where programs change the map meanwhile, a key may be missing or twice.
   *
   * @throws BpfException when the kernel refuses
   */
  public List<ByteBuffer> keys() throws BpfException {
    List<ByteBuffer> keys = new ArrayList<>();
    Pointer next = library.allocate(keyBytes);
    Pointer previous = null;
    // A map that changes under the walk may start over: the bound ends it.
    long limit = 2L * Integer.toUnsignedLong(maxEntries());
    while (keys.size() < limit) {
      int result = library.libbpf().bpf_map_get_next_key(fd(), previous, next);
      if (isMissing(result)) {
        return keys;
      }
      library.checkResult(result, "walk map " + name);
      keys.add(toBuffer(next, keyBytes));
      Pointer swap = previous == null ? library.allocate(keyBytes) : previous;
      previous = next;
      next = swap;
    }
    return keys;
  }

  private boolean isMissing(int result) {
    return result == -Errno.ENOENT || (result == -1 && library.errno() == Errno.ENOENT);
  }

  private Pointer toNative(ByteBuffer buffer, int expectedBytes) {
    if (buffer.limit() != expectedBytes) {
      throw new IllegalArgumentException(
          "map=" + name + " bytes=" + buffer.limit() + " expected=" + expectedBytes);
    }
    byte[] bytes = new byte[expectedBytes];
    buffer.get(0, bytes);
    Pointer pointer = library.allocate(expectedBytes);
    pointer.put(0, bytes, 0, expectedBytes);
    return pointer;
  }

  private static ByteBuffer toBuffer(Pointer pointer, int sizeBytes) {
    byte[] bytes = new byte[sizeBytes];
    pointer.get(0, bytes, 0, sizeBytes);
    return ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder());
  }

  @Override
  public String toString() {
    return name;
  }
}
