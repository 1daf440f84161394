/* SPDX-FileCopyrightText: The Tapedeck authors */
/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */

/*
 * Developer's recorder: loads the object, attaches everything, writes each stream to a file of its
 * own (at the stream's positions) and prints one line for each event. For test/run.py.
 *   record OBJECT LIBSSL FOLDER RING_BYTES MAX_BYTES_PER_CALL PORT COMM...
 * 0 for RING_BYTES, MAX_BYTES_PER_CALL and PORT is the default. It ends on SIGTERM.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "print.h"
#include "hooks.h"
#include "symbols.h"

static volatile sig_atomic_t stopped;

static void stop(int signal)
{
	(void)signal;
	stopped = 1;
}

/* The program of a row; in the object without attach cookies one of its own, told its convention. */
static struct bpf_program *find_program(struct bpf_object *object, const struct probed_symbol *row,
					const char *role, const char *end)
{
	__u32 slot = row - probed_symbols;
	struct bpf_program *program;
	char name[64];

	if (!role)
		return NULL;
	snprintf(name, sizeof(name), "handle_%s_%s", role, end);
	program = bpf_object__find_program_by_name(object, name);
	if (program || !row->how.call)
		return program;
	if (bpf_map_update_elem(bpf_object__find_map_fd_by_name(object, "call_conventions"), &slot,
				&row->how, 0))
		die("call_conventions");
	snprintf(name, sizeof(name), "handle_call_%u_%s", slot, end);
	return bpf_object__find_program_by_name(object, name);
}

/* The library that has BIO functions stands beside libssl. */
static const char *file_of(const char *symbol, const char *library)
{
	static char crypto[512];
	const char *name = strstr(library, "libssl");

	if (!name || strncmp(symbol, "BIO_", 4))
		return library;
	snprintf(crypto, sizeof(crypto), "%.*slibcrypto%s", (int)(name - library), library,
		 name + strlen("libssl"));
	return crypto;
}

static void attach_probes(struct bpf_object *object, const char *library, bool returns)
{
	for (size_t i = 0; i < sizeof(probed_symbols) / sizeof(*probed_symbols); i++) {
		const struct probed_symbol *row = &probed_symbols[i];
		struct bpf_program *program =
			find_program(object, row, returns ? row->at_return : row->entry,
				     returns ? "return" : "entry");
		__u64 cookie;
		LIBBPF_OPTS(bpf_uprobe_opts, options, .func_name = row->symbol,
			    .retprobe = returns);

		memcpy(&cookie, &row->how, sizeof(cookie));
		if (bpf_object__find_program_by_name(object, "handle_call_entry"))
			options.bpf_cookie = cookie;
		if (program && !bpf_program__attach_uprobe_opts(
				       program, -1, file_of(row->symbol, library), 0, &options))
			fprintf(stderr, "record: no %s: %s\n", row->symbol, strerror(errno));
	}
}

static void print_account(const char *map, __u32 generation, const struct stream_account *streams)
{
	printf("account=%s gen=%u", map, generation);
	print_streams(&streams[0], &streams[1]);
	putchar('\n');
}

static void print_maps(struct bpf_object *object)
{
	int tls = bpf_object__find_map_fd_by_name(object, "tls_sessions");
	int sockets = bpf_object__find_map_fd_by_name(object, "sockets");
	int losses = bpf_object__find_map_fd_by_name(object, "losses");
	int ends = bpf_object__find_map_fd_by_name(object, "unsent_ends");
	struct end_key end_key, *last_end = NULL;
	struct unsent_end end;
	struct loss loss[256], sum;
	struct tls_key key, *last = NULL;
	struct tls_session session;
	struct socket_state state;
	__u64 socket, *last_socket = NULL;
	int calls = bpf_object__find_map_fd_by_name(object, "calls_in_flight");
	__u32 thread, *last_thread = NULL, in_flight = 0;

	for (__u32 cause = 1; cause < LOSS_CAUSES; cause++) {
		memset(&sum, 0, sizeof(sum));
		if (bpf_map_lookup_elem(losses, &cause, loss))
			die("losses");
		for (int i = 0; i < libbpf_num_possible_cpus(); i++) {
			sum.events += loss[i].events;
			sum.bytes += loss[i].bytes;
		}
		printf("loss=%u events=%llu bytes=%llu\n", cause, sum.events, sum.bytes);
	}
	for (; !bpf_map_get_next_key(calls, last_thread, &thread); last_thread = &thread)
		in_flight++;
	printf("in_flight=%u\n", in_flight);
	for (; !bpf_map_get_next_key(ends, last_end, &end_key); last_end = &end_key)
		if (!bpf_map_lookup_elem(ends, &end_key, &end))
			print_account(end_key.owner == OWNER_TLS ? "tls" : "socket",
				      end_key.generation, end.streams);
	for (; !bpf_map_get_next_key(tls, last, &key); last = &key)
		if (!bpf_map_lookup_elem(tls, &key, &session))
			print_account("tls", session.generation, session.streams);
	for (; !bpf_map_get_next_key(sockets, last_socket, &socket); last_socket = &socket)
		if (!bpf_map_lookup_elem(sockets, &socket, &state))
			print_account("socket", state.generation, state.streams);
}

/* Takes the first BUSY_SLOTS slots of every CPU, as calls that were preempted there have them. */
static void take_slots(struct bpf_object *object)
{
	struct bpf_map *works = bpf_object__find_map_by_name(object, "works");
	const char *wanted = getenv("BUSY_SLOTS");
	__u32 bytes = (bpf_map__value_size(works) + 7) / 8 * 8;
	int cpus = libbpf_num_possible_cpus();
	char *values = calloc(cpus, bytes);

	if (!values)
		die("memory");
	/* struct call_work begins with `busy`. */
	for (int cpu = 0; cpu < cpus; cpu++)
		values[cpu * bytes] = 1;
	for (__u32 slot = 0; wanted && slot < (__u32)atoi(wanted); slot++)
		if (bpf_map_update_elem(bpf_map__fd(works), &slot, values, 0))
			die("works");
	free(values);
}

/* An iterator over all sockets, which ends those of Unix that are gone. */
static struct bpf_link *attach_sweep(struct bpf_object *object)
{
	union bpf_iter_link_info info = { .map.map_fd = bpf_object__find_map_fd_by_name(
						  object, "sockets") };
	LIBBPF_OPTS(bpf_iter_attach_opts, options, .link_info = &info,
		    .link_info_len = sizeof(info));
	struct bpf_link *link = bpf_program__attach_iter(
		bpf_object__find_program_by_name(object, "handle_socket_sweep"), &options);

	if (!link)
		die("sweep");
	return link;
}

static void sweep(struct bpf_link *link)
{
	char nothing[64];
	int fd = bpf_iter_create(bpf_link__fd(link));

	if (fd < 0 || read(fd, nothing, sizeof(nothing)))
		die("sweep");
	close(fd);
}

int main(int argc, char **argv)
{
	struct bpf_object *object = argc > 6 ? bpf_object__open(argv[1]) : NULL;
	struct settings *settings;
	struct ring_buffer *ring;
	struct bpf_link *sweeper;
	__u16 port;
	__u8 one = 1;
	size_t size;

	if (!object)
		die("open");
	folder = argv[3];
	settings = (struct settings *)bpf_map__initial_value(
		bpf_object__find_map_by_name(object, ".rodata"), &size);
	settings->recorder_tgid = getpid();
	settings->max_bytes_per_call = strtoul(argv[5], NULL, 10);
	port = atoi(argv[6]);
	settings->ports_only = port != 0;
	settings->targets_only = argc > 7;
	if (atoi(argv[4]))
		bpf_map__set_max_entries(bpf_object__find_map_by_name(object, "events"),
					 atoi(argv[4]));
	choose_hooks(object);
	if (bpf_object__load(object))
		die("load");
	take_slots(object);
	bpf_map_update_elem(bpf_object__find_map_fd_by_name(object, "ports"), &port, &one, 0);
	for (int i = 7; i < argc; i++) {
		struct comm_key key = {};

		snprintf(key.comm, sizeof(key.comm), "%s", argv[i]);
		bpf_map_update_elem(bpf_object__find_map_fd_by_name(object, "target_comms"), &key,
				    &one, 0);
	}
	ring = ring_buffer__new(bpf_object__find_map_fd_by_name(object, "events"), on_event, NULL,
				NULL);
	signal(SIGTERM, stop);
	/* Return probes first: see bpf/README.md. */
	attach_probes(object, argv[2], true);
	attach_probes(object, argv[2], false);
	attach_hooks(object);
	sweeper = attach_sweep(object);
	fprintf(stderr, "recording\n");
	while (!stopped)
		ring_buffer__poll(ring, 50);
	sweep(sweeper);
	ring_buffer__consume(ring);
	print_maps(object);
	return 0;
}
