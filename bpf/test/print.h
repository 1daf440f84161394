/* SPDX-FileCopyrightText: The Tapedeck authors */
/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */

/* One line for each event, and the bytes of each stream in a file. For record.c. */
#ifndef TAPEDECK_TEST_PRINT_H
#define TAPEDECK_TEST_PRINT_H

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../control.h"

static const char *folder;

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

static void print_streams(const struct stream_account *out, const struct stream_account *in)
{
	printf(" out=%llu/%llu/%llu in=%llu/%llu/%llu", out->next_position, out->lost_bytes,
	       out->skipped_bytes, in->next_position, in->lost_bytes, in->skipped_bytes);
}

static int on_event(void *context, void *data, size_t size)
{
	const struct event_header *h = data;
	const struct data_event *d = data;
	const struct socket_event *s = data;
	const struct close_event *c = data;
	const struct dup_event *u = data;
	const struct tls_event *t = data;
	const struct tls_binding_event *b = data;
	const struct process_event *p = data;
	const struct cipher_event *r = data;

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
	case EVENT_CIPHER_RECORD:
		printf(" owner=%u gen=%u dir=%u pos=%llu len=%u prefix=", r->stream.owner,
		       r->stream.generation, r->stream.direction, r->position, r->length_bytes);
		for (int i = 0; i < r->prefix_bytes; i++)
			printf("%02x", r->prefix[i]);
		break;
	case EVENT_CONNECT:
	case EVENT_ACCEPT:
	case EVENT_EXISTING:
		printf(" inode=%llu gen=%u family=%u local=%u remote=%u role=%u fd=%d result=%d"
		       " peer=%llu path=%s%.*s",
		       s->socket, s->generation, s->family, s->local_port, s->remote_port, s->role,
		       s->fd, s->result, s->family == 1 ? *(const __u64 *)s->remote_address : 0,
		       s->path_bytes && !s->path[0] ? "@" : "",
		       s->path_bytes && !s->path[0] ? s->path_bytes - 1 : s->path_bytes,
		       s->path + (s->path_bytes && !s->path[0]));
		break;
	case EVENT_DUP:
		printf(" inode=%llu gen=%u fd=%d call=%u", u->socket, u->generation, u->fd,
		       u->call);
		break;
	case EVENT_CLOSE:
		printf(" inode=%llu gen=%u cause=%u protocol=%u", c->socket, c->generation,
		       c->cause, c->protocol);
		print_streams(&c->egress, &c->ingress);
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
		printf(" gen=%u result=%d", t->generation, t->result);
		print_streams(&t->egress, &t->ingress);
	}
	putchar('\n');
	return 0;
}

#endif /* TAPEDECK_TEST_PRINT_H */
