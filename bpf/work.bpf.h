/* SPDX-FileCopyrightText: The Tapedeck authors */
/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */

/*
 * The work of one call: who did it, on which socket, where its bytes are, how far they are sent. It
 * is too large for the 512 bytes of stack that a chain of functions has, so it lives in a slot of
 * this CPU. Programs can be preempted by others on the same CPU, so a slot is taken and given back.
 * Functions are passed the slot's number: 5.10 takes no pointers as arguments of global functions.
 */
#ifndef TAPEDECK_WORK_BPF_H
#define TAPEDECK_WORK_BPF_H

#define WORK_SLOTS     8   /* calls that can preempt one another on one CPU */
#define HEAD_BYTES_MAX 128 /* a power of two, more than a PROXY header of version 1 */

/* A stream socket of the current process. */
struct socket_ref {
	struct sock *sk; /* NULL: the descriptor is none */
	u64 inode;
	s32 fd;   /* -1: not known */
	u16 call; /* enum call that showed it */
	u16 family;
	u16 direction; /* enum direction of the call's bytes */
	u16 reserved;
	u32 reserved2;
};

/* Where the bytes are, and how far the work is: the segment first, then iovecs, then messages. */
struct part_job {
	u64 messages; /* struct mmsghdr[] in user memory, next one */
	u64 iovecs;   /* struct iovec[], next one */
	u64 segment;  /* bytes in user memory, next one */
	u64 segment_bytes;
	u64 message_bytes; /* left of the current message; no messages: all */
	u64 copy_bytes;    /* left to copy of the call */
	u64 lost_bytes;    /* of this call */
	u64 skipped_bytes; /* of this call */
	u64 page_bytes;    /* to be copied page by page, because one of them is not present */
	u64 limit_bytes;   /* to copy of this call at most */
	u32 messages_left;
	u32 iovecs_left;
	u8 unreadable;    /* 1: the iovecs or messages themselves could not be read */
	u8 kernel_iovecs; /* 1: the iovecs are in kernel memory, their segments in user memory */
	u8 is_retry;      /* 1: the last part has its number already and was not sent */
	u8 shed;          /* enum shed_level */
	u8 hello_sent;    /* 1: the record that comes first in the walk was sent already */
	u8 reserved[3];
	struct data_event event; /* filled but for sequence and part */
};

/* How far the walk through the TLS records of one stream is: see records.bpf.h. */
struct record_walk {
	u64 position;     /* of the next byte; a call elsewhere: bytes went by unseen */
	u32 left;         /* of the current record, after its prefix */
	u16 length_bytes; /* of the record whose prefix is being gathered */
	u8 have;          /* bytes in prefix */
	u8 synchronised;  /* 0: where the next record begins is not known */
	u8 prefix[2 * CIPHER_PREFIX_BYTES]; /* half is used */
};

/* The beginning of a turn of direction on a socket whose protocol is open. Offsets are in the turn. */
struct first_bytes {
	u64 start;  /* of this call */
	u64 end;    /* of this call */
	u64 offset; /* of the next byte to look at */
	u32 from;   /* where the head begins: behind PROXY headers */
	u32 bytes;  /* in head, less than HEAD_BYTES_MAX */
	u8 head[2 * HEAD_BYTES_MAX];
};

struct call_work {
	u32 busy; /* how many want it; the one that made it 1 has it */
	u32 slot;
	struct actor me;
	struct socket_ref ref;
	struct record_walk walk;
	struct first_bytes first;
	struct part_job job;
};

/* By address of the kernel's struct sock, as `sockets`: heads that a call left undecided. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 4096);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, u64);
	__type(value, struct first_bytes);
} heads SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, WORK_SLOTS);
	__type(key, u32);
	__type(value, struct call_work);
} works SEC(".maps");

static __always_inline struct call_work *work_in(u32 slot)
{
	return bpf_map_lookup_elem(&works, &slot);
}

/* A slot with an empty job; NULL: all are in use. Adding before looking makes it one's own. */
static __noinline struct call_work *take_work(void)
{
	/* Constant bound. */
	for (u32 slot = 0; slot < WORK_SLOTS; slot++) {
		u32 key = slot; /* the helper wants the address of one that is not the counter */
		struct call_work *work = bpf_map_lookup_elem(&works, &key);

		if (!work)
			return NULL;
		__sync_fetch_and_add(&work->busy, 1);
		if (*(volatile u32 *)&work->busy == 1) {
			work->slot = slot;
			__builtin_memset(&work->job, 0, sizeof(work->job));
			return work;
		}
		__sync_fetch_and_add(&work->busy, -1);
	}
	return NULL;
}

static __always_inline void give_back(struct call_work *work)
{
	__sync_fetch_and_add(&work->busy, -1);
}

#endif /* TAPEDECK_WORK_BPF_H */
