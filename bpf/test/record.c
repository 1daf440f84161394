/* SPDX-FileCopyrightText: The Tapedeck authors */
/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */

/*
 * Developer's recorder: loads the object, attaches everything, writes each stream to a file of its
 * own (at the stream's positions) and prints one line for each event. For test/run.py.
 *   record OBJECT LIBSSL FOLDER RING_BYTES MAX_BYTES_PER_CALL PORT COMM...
 * 0 for RING_BYTES, MAX_BYTES_PER_CALL and PORT is the default. It ends on SIGTERM.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "../control.h"

static volatile sig_atomic_t stopped;
static const char *folder;

static void stop(int signal)
{
	(void)signal;
	stopped = 1;
}

static void die(const char *what)
{
	fprintf(stderr, "record: %s: %s\n", what, strerror(errno));
	exit(1);
}

static void write_bytes(const struct data_event *e)
{
	char path[512];
	int fd;

	snprintf(path, sizeof(path), "%s/%u-%u-%u-%u", folder, e->stream.owner, e->header.tgid,
		 e->stream.generation, e->stream.direction);
	fd = open(path, O_CREAT | O_WRONLY, 0600);
	if (fd < 0 ||
	    pwrite(fd, e->bytes, e->length_bytes, e->position) != (ssize_t)e->length_bytes)
		die(path);
	close(fd);
}

static int on_event(void *context, void *data, size_t size)
{
	const struct event_header *h = data;
	const struct data_event *d = data;
	const struct socket_event *s = data;
	const struct close_event *c = data;
	const struct tls_event *t = data;
	const struct tls_binding_event *b = data;
	const struct process_event *p = data;

	(void)context;
	if (h->size > size || h->version != EVENTS_VERSION || !h->exit_ns || !h->process_start_ns)
		die("malformed event");
	printf("kind=%u tgid=%u tid=%u cpu=%u seq=%llu size=%u flags=%u", h->kind, h->tgid, h->tid,
	       h->cpu, h->sequence, h->size, h->flags);
	switch (h->kind) {
	case EVENT_DATA:
		write_bytes(d);
		/* fallthrough */
	case EVENT_TRANSFER:
		printf(" owner=%u gen=%u dir=%u pos=%llu len=%llu call=%u part=%u offset=%llu"
		       " returned=%llu asked=%llu dflags=%u cause=%u fd=%d callseq=%llu",
		       d->stream.owner, d->stream.generation, d->stream.direction, d->position,
		       d->length_bytes, d->call, d->part_index, d->part_offset, d->returned_bytes,
		       d->asked_bytes, d->flags, d->cause, d->fd, d->call_sequence);
		break;
	case EVENT_CONNECT:
	case EVENT_ACCEPT:
	case EVENT_EXISTING:
		printf(" inode=%llu gen=%u family=%u local=%u remote=%u role=%u fd=%d result=%d",
		       s->socket, s->generation, s->family, s->local_port, s->remote_port, s->role,
		       s->fd, s->result);
		break;
	case EVENT_CLOSE:
		printf(" inode=%llu gen=%u cause=%u protocol=%u out=%llu/%llu/%llu "
		       "in=%llu/%llu/%llu",
		       c->socket, c->generation, c->cause, c->protocol, c->egress.next_position,
		       c->egress.lost_bytes, c->egress.skipped_bytes, c->ingress.next_position,
		       c->ingress.lost_bytes, c->ingress.skipped_bytes);
		break;
	case EVENT_TLS_BINDING:
		printf(" gen=%u inode=%llu sgen=%u fd=%d method=%u directions=%u",
		       b->tls_generation, b->socket, b->socket_generation, b->fd, b->method,
		       b->directions);
		break;
	case EVENT_PROCESS_EXEC:
	case EVENT_PROCESS_FORK:
	case EVENT_PROCESS_EXIT:
		printf(" ppid=%u comm=%.16s code=%d path=%.*s", p->parent_tgid, p->comm,
		       p->exit_code, (int)p->path_bytes, p->path);
		break;
	default:
		printf(" gen=%u result=%d out=%llu/%llu/%llu in=%llu/%llu/%llu", t->generation,
		       t->result, t->egress.next_position, t->egress.lost_bytes,
		       t->egress.skipped_bytes, t->ingress.next_position, t->ingress.lost_bytes,
		       t->ingress.skipped_bytes);
	}
	putchar('\n');
	return 0;
}

/* handle_<symbol>_entry and handle_<symbol>_return go to <symbol>, returns first. */
static void attach(struct bpf_object *object, const char *library, bool uprobes, bool returns)
{
	struct bpf_program *program;
	char symbol[64];

	bpf_object__for_each_program(program, object)
	{
		const char *section = bpf_program__section_name(program);
		bool is_uprobe = strstr(section, "probe"),
		     is_return = !strcmp(section, "uretprobe");
		LIBBPF_OPTS(bpf_uprobe_opts, options, .func_name = symbol, .retprobe = is_return);

		if (is_uprobe != uprobes || (uprobes && is_return != returns))
			continue;
		if (!is_uprobe) {
			if (!bpf_program__attach(program))
				die(bpf_program__name(program));
			continue;
		}
		snprintf(symbol, sizeof(symbol), "%s",
			 bpf_program__name(program) + strlen("handle_"));
		*strrchr(symbol, '_') = 0;
		if (!bpf_program__attach_uprobe_opts(program, -1, library, 0, &options))
			fprintf(stderr, "record: no %s: %s\n", symbol, strerror(errno));
	}
}

static void print_account(const char *map, __u32 generation, const struct stream_account *streams)
{
	printf("account=%s gen=%u out=%llu/%llu/%llu in=%llu/%llu/%llu\n", map, generation,
	       streams[0].next_position, streams[0].lost_bytes, streams[0].skipped_bytes,
	       streams[1].next_position, streams[1].lost_bytes, streams[1].skipped_bytes);
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

int main(int argc, char **argv)
{
	struct bpf_object *object = argc > 6 ? bpf_object__open(argv[1]) : NULL;
	struct settings *settings;
	struct ring_buffer *ring;
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
	if (bpf_object__load(object))
		die("load");
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
	attach(object, argv[2], true, true);
	attach(object, argv[2], true, false);
	attach(object, argv[2], false, false);
	fprintf(stderr, "recording\n");
	while (!stopped)
		ring_buffer__poll(ring, 50);
	ring_buffer__consume(ring);
	print_maps(object);
	return 0;
}
