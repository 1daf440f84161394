/* SPDX-FileCopyrightText: The Tapedeck authors */
/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */

/* The socket backends of the developer's recorder: HOOKS=raw_tp|raw_tp_copies|fentry|kprobe|tracepoint. */
#ifndef TAPEDECK_TEST_HOOKS_H
#define TAPEDECK_TEST_HOOKS_H

#include <bpf/btf.h>

static const char *hooks(void)
{
	return getenv("HOOKS") ? getenv("HOOKS") : "raw_tp";
}

/* Whether a program belongs to a socket backend, and to which; NULL: to all. */
static const char *backend_of(const struct bpf_program *program)
{
	const char *section = bpf_program__section_name(program);

	if (!strcmp(section, "raw_tp/sys_exit"))
		return strstr(bpf_program__name(program), "_copy") ? "raw_tp_copies" : "raw_tp";
	if (!strcmp(section, "tracepoint"))
		return "tracepoint";
	if (!strncmp(section, "fentry/", 7) || !strncmp(section, "fexit/", 6))
		return "fentry";
	if (!strncmp(section, "kprobe/", 7) || !strncmp(section, "kretprobe/", 10))
		return "kprobe";
	return NULL;
}

/* Loads the programs of one backend, as far as the kernel has their functions. */
static void choose_hooks(struct bpf_object *object)
{
	struct btf *kernel = btf__load_vmlinux_btf();
	struct bpf_program *program;

	bpf_object__for_each_program(program, object)
	{
		const char *backend = backend_of(program);
		const char *function = strchr(bpf_program__section_name(program), '/');

		if (!backend)
			continue;
		bpf_program__set_autoload(
			program,
			!strcmp(backend, hooks()) &&
				(!strncmp(backend, "raw_tp", 6) || !function ||
				 btf__find_by_name_kind(kernel, function + 1, BTF_KIND_FUNC) > 0));
	}
	btf__free(kernel);
}

static void attach_syscall(struct bpf_object *object, const char *edge, const char *name,
			   const char *program)
{
	char event[64];

	snprintf(event, sizeof(event), "sys_%s_%s", edge, name);
	if (!bpf_program__attach_tracepoint(bpf_object__find_program_by_name(object, program),
					    "syscalls", event))
		die(event);
}

/* Each system call with the number of its arguments. */
static void attach_syscalls(struct bpf_object *object)
{
	static const char *const calls[] = {
		"3 read",     "3 write",      "3 readv",    "3 writev",     "3 sendmsg",
		"3 recvmsg",  "3 connect",    "3 accept",   "4 accept4",    "4 sendmmsg",
		"5 recvmmsg", "6 sendto",     "6 recvfrom", "4 sendfile64", "6 splice",
		"6 mmap",     "4 socketpair", "1 dup",      "2 dup2",       "3 dup3",
		"3 fcntl",
	};
	char program[32];

	for (unsigned int i = 0; i < sizeof(calls) / sizeof(*calls); i++) {
		attach_syscall(object, "exit", calls[i] + 2, "handle_exit");
		snprintf(program, sizeof(program), "handle_enter_%c", *calls[i]);
		attach_syscall(object, "enter", calls[i] + 2, program);
	}
}

static void attach_hooks(struct bpf_object *object)
{
	struct bpf_program *program;

	if (!strcmp(hooks(), "tracepoint"))
		attach_syscalls(object);
	bpf_object__for_each_program(program, object)
	{
		const char *section = bpf_program__section_name(program);

		if (!bpf_program__autoload(program) || !strcmp(section, "tracepoint") ||
		    strstr(section, "iter") || (strstr(section, "probe") && !strchr(section, '/')))
			continue;
		if (!bpf_program__attach(program))
			die(bpf_program__name(program));
	}
}

#endif /* TAPEDECK_TEST_HOOKS_H */
