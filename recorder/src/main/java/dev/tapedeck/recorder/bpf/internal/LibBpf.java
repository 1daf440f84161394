// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.recorder.bpf.internal;

import jnr.ffi.Pointer;
import jnr.ffi.annotations.Delegate;
import jnr.ffi.types.size_t;
import jnr.ffi.types.u_int32_t;
import jnr.ffi.types.u_int64_t;
import org.jspecify.annotations.Nullable;

/**
 * The functions of {@code libbpf.so.1} that the recorder calls, with their C names ({@code
 * bpf/libbpf.h}, {@code bpf/bpf.h}, {@code bpf/btf.h}).
 *
 * <p><b>Errors:</b> since 1.0, functions that return a pointer return null and set errno; functions
 * that return an int return the negative errno. Nothing here checks either: callers must, because a
 * null that goes back into libbpf ends the JVM.
 */
public interface LibBpf {
  @Nullable Pointer bpf_object__open_mem(Pointer buffer, @size_t long size, Pointer opts);

  int bpf_object__load(Pointer object);

  void bpf_object__close(Pointer object);

  @Nullable Pointer bpf_object__btf(Pointer object);

  @Nullable Pointer btf__load_vmlinux_btf();

  @Nullable Pointer btf__parse(String file, @Nullable Pointer extensions);

  int btf__find_by_name_kind(Pointer btf, String name, @u_int32_t int kind);

  void btf__free(Pointer btf);

  @Nullable Pointer btf__raw_data(Pointer btf, Pointer size);

  @Nullable Pointer bpf_object__next_program(Pointer object, @Nullable Pointer previous);

  @Nullable Pointer bpf_object__next_map(Pointer object, @Nullable Pointer previous);

  @Nullable String bpf_program__name(Pointer program);

  @Nullable String bpf_program__section_name(Pointer program);

  boolean bpf_program__autoload(Pointer program);

  int bpf_program__set_autoload(Pointer program, boolean autoload);

  int bpf_program__set_expected_attach_type(Pointer program, int type);

  int bpf_program__fd(Pointer program);

  int bpf_prog_load(
      int type,
      String name,
      String license,
      Pointer instructions,
      @size_t long count,
      Pointer opts);

  int bpf_obj_get_info_by_fd(int fd, Pointer info, Pointer size);

  @Nullable Pointer bpf_program__attach_uprobe_opts(
      Pointer program, int pid, String binaryPath, @size_t long offset, Pointer opts);

  @Nullable Pointer bpf_program__attach(Pointer program);

  @Nullable Pointer bpf_program__attach_iter(Pointer program, Pointer opts);

  int bpf_link__fd(Pointer link);

  int bpf_iter_create(int linkFd);

  @Nullable Pointer bpf_program__attach_perf_event(Pointer program, int descriptor);

  int bpf_link__destroy(Pointer link);

  @Nullable String bpf_map__name(Pointer map);

  int bpf_map__fd(Pointer map);

  int bpf_map__type(Pointer map);

  @u_int32_t
  int bpf_map__key_size(Pointer map);

  @u_int32_t
  int bpf_map__value_size(Pointer map);

  @u_int32_t
  int bpf_map__max_entries(Pointer map);

  int bpf_map__set_max_entries(Pointer map, @u_int32_t int maxEntries);

  @Nullable Pointer bpf_map__initial_value(Pointer map, Pointer size);

  int bpf_map_lookup_elem(int fd, Pointer key, Pointer value);

  int bpf_map_update_elem(int fd, Pointer key, Pointer value, @u_int64_t long flags);

  int bpf_map_delete_elem(int fd, Pointer key);

  int bpf_map_get_next_key(int fd, @Nullable Pointer key, Pointer nextKey);

  int libbpf_num_possible_cpus();

  int libbpf_probe_bpf_prog_type(int type, @Nullable Pointer opts);

  int libbpf_probe_bpf_map_type(int type, @Nullable Pointer opts);

  int libbpf_probe_bpf_helper(int type, int helper, @Nullable Pointer opts);

  @Nullable String libbpf_version_string();

  @Nullable Pointer libbpf_set_print(PrintCallback callback);

  /** What libbpf calls for each line it has to say. */
  interface PrintCallback {
    /**
     * Takes one message.
     *
     * @param level {@code enum libbpf_print_level}: 0 warning, 1 info, 2 debug
     * @param format printf format
     * @param arguments the {@code va_list}: an array that decays to a pointer in the x86-64 ABI, a
     *     structure passed by reference in the arm64 ABI; a pointer in both
     * @return ignored
     */
    @Delegate
    int print(int level, Pointer format, Pointer arguments);
  }
}
