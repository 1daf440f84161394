// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.recorder.bpf;

import dev.tapedeck.recorder.bpf.internal.OpenOptsLayout;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import jnr.ffi.Pointer;
import org.jspecify.annotations.Nullable;

/**
 * A compiled BPF object: its programs, maps and constants.
 *
 * <p><b>Lifecycle:</b> {@link #open} reads the object and touches nothing in the kernel; then
 * constants and map sizes may be set; {@link #load} brings it into the kernel; then programs are
 * attached and maps used; {@link #close} removes it.
 *
 * <p><b>Threads:</b> opened, loaded and closed by one thread; attaching may be done by others, one
 * at a time.
 *
 * <p><b>Ownership:</b> programs and maps end with the object; links must be closed before it.
 */
public final class BpfObject implements AutoCloseable {
  private static final String CONSTANTS_SECTION = ".rodata";

  private final LibraryHandle library;
  private final String name;
  // libbpf may keep pointers into the ELF image until the object is closed.
  private final Pointer image;
  private final Map<String, BpfProgram> programs = new LinkedHashMap<>();
  private final Map<String, BpfMap> maps = new LinkedHashMap<>();
  private final Map<String, Pointer> mapPointers = new LinkedHashMap<>();
  private @Nullable Pointer object;
  private boolean loaded;

  private BpfObject(LibraryHandle library, String name, Pointer image) {
    this.library = library;
    this.name = name;
    this.image = image;
  }

  /**
   * Opens an object.
   *
   * @param elf the compiled object
   * @param name for messages and for the kernel's lists
   * @param kernelTypes file with the kernel's BTF; null for the running kernel's own
   * @throws BpfException when libbpf is missing or refuses the object
   */
  public static BpfObject open(byte[] elf, String name, @Nullable Path kernelTypes)
      throws BpfException {
    LibraryHandle library = LibraryHandle.load();
    Pointer image = library.allocate(elf.length);
    image.put(0, elf, 0, elf.length);
    Pointer objectName = library.cString(name);
    Pointer opts = library.allocate(OpenOptsLayout.SIZE_BYTES);
    opts.putLong(OpenOptsLayout.SZ, OpenOptsLayout.SIZE_BYTES);
    opts.putPointer(OpenOptsLayout.OBJECT_NAME, objectName);
    if (kernelTypes != null) {
      opts.putPointer(OpenOptsLayout.BTF_CUSTOM_PATH, library.cString(kernelTypes.toString()));
    }
    library.clearLog();
    BpfObject opened = new BpfObject(library, name, image);
    opened.object =
        library.checkPointer(
            library.libbpf().bpf_object__open_mem(image, elf.length, opts), "open " + name);
    try {
      opened.findParts();
    } catch (BpfException e) {
      opened.close();
      throw e;
    }
    return opened;
  }

  private void findParts() throws BpfException {
    Pointer handle = requireOpen();
    Pointer program = library.libbpf().bpf_object__next_program(handle, null);
    while (program != null) {
      String programName = nonNull(library.libbpf().bpf_program__name(program), "program name");
      String section = nonNull(library.libbpf().bpf_program__section_name(program), "section name");
      programs.put(programName, new BpfProgram(library, this, program, programName, section));
      program = library.libbpf().bpf_object__next_program(handle, program);
    }
    Pointer map = library.libbpf().bpf_object__next_map(handle, null);
    while (map != null) {
      String mapName = nonNull(library.libbpf().bpf_map__name(map), "map name");
      maps.put(mapName, new BpfMap(library, this, map, mapName));
      mapPointers.put(mapName, map);
      map = library.libbpf().bpf_object__next_map(handle, map);
    }
  }

  private String nonNull(@Nullable String text, String what) throws BpfException {
    if (text == null) {
      throw new BpfException("open " + name + ": libbpf returned no " + what);
    }
    return text;
  }

  /** Returns the programs by name, in the object's order. */
  public Map<String, BpfProgram> programs() {
    return Map.copyOf(programs);
  }

  /**
   * Returns a program.
   *
   * @throws BpfException when the object has none of that name
   */
  public BpfProgram program(String programName) throws BpfException {
    BpfProgram program = programs.get(programName);
    if (program == null) {
      throw new BpfException(name + " has no program " + programName);
    }
    return program;
  }

  /**
   * Returns a map.
   *
   * @throws BpfException when the object has none of that name
   */
  public BpfMap map(String mapName) throws BpfException {
    BpfMap map = maps.get(mapName);
    if (map == null) {
      throw new BpfException(name + " has no map " + mapName);
    }
    return map;
  }

  /**
   * Returns the types of the object, which describe its structures and variables.
   *
   * @throws BpfException when the object has none
   */
  public Btf types() throws BpfException {
    Pointer btf =
        library.checkPointer(library.libbpf().bpf_object__btf(requireOpen()), "types of " + name);
    Pointer size = library.allocate(Integer.BYTES);
    Pointer raw =
        library.checkPointer(library.libbpf().btf__raw_data(btf, size), "types of " + name);
    byte[] bytes = new byte[size.getInt(0)];
    raw.get(0, bytes, 0, bytes.length);
    return Btf.parse(ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder()));
  }

  /**
   * Sets a {@code const volatile} variable.
   *
   * @param variableName the variable
   * @param value its bytes in the host's byte order, from position 0 to the limit
   * @throws BpfException when there is no such variable, or it has another size
   */
  public void setConstant(String variableName, ByteBuffer value) throws BpfException {
    requireOpen();
    if (loaded) {
      throw new IllegalStateException("object=" + name + " state=loaded");
    }
    Btf.Variable variable =
        types()
            .variable(CONSTANTS_SECTION, variableName)
            .orElseThrow(() -> new BpfException(name + " has no constant " + variableName));
    Pointer size = library.allocate(Long.BYTES);
    Pointer area =
        library.checkPointer(
            library.libbpf().bpf_map__initial_value(constantsMap(), size), "constants of " + name);
    byte[] bytes = new byte[value.limit()];
    value.get(0, bytes);
    if (bytes.length != variable.sizeBytes()
        || variable.offsetBytes() + (long) bytes.length > size.getLong(0)) {
      throw new BpfException(
          "constant "
              + variableName
              + " of "
              + name
              + " has "
              + variable.sizeBytes()
              + " bytes, not "
              + bytes.length);
    }
    area.put(variable.offsetBytes(), bytes, 0, bytes.length);
  }

  private Pointer constantsMap() throws BpfException {
    for (Map.Entry<String, Pointer> entry : mapPointers.entrySet()) {
      if (entry.getKey().endsWith(CONSTANTS_SECTION)) {
        return entry.getValue();
      }
    }
    throw new BpfException(name + " has no constants");
  }

  /**
   * Loads programs and maps into the kernel.
   *
   * @throws BpfException when the kernel refuses; {@link BpfException#log()} has the verifier's log
   */
  public void load() throws BpfException {
    Pointer handle = requireOpen();
    library.clearLog();
    library.checkResult(library.libbpf().bpf_object__load(handle), "load " + name);
    loaded = true;
  }

  Pointer requireOpen() {
    Pointer handle = object;
    if (handle == null) {
      throw new IllegalStateException("object=" + name + " state=closed");
    }
    return handle;
  }

  /** Removes the object from the kernel; calling it twice is safe. */
  @Override
  public void close() {
    Pointer handle = object;
    if (handle != null) {
      object = null;
      try {
        library.libbpf().bpf_object__close(handle);
      } finally {
        Reference.reachabilityFence(image);
      }
    }
  }

  @Override
  public String toString() {
    return name;
  }
}
