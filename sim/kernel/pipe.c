/**
 * @file pipe.c
 * @brief Names, instances and who is connected to whom.
 *
 * An instance goes round: listening, connected, closing or disconnected, and
 * listening again.  Every turn of that wheel ends requests of both ends, each
 * with the status that tells its owner what happened.
 *
 * Uses:     pipe.h, wait.h.
 * Used by:  file_api.c, pipe_api.c, native_file.c, and irp.c by its table.
 * Facts:    PIPE-01, PIPE-02, PIPE-03, PIPE-04, PIPE-05, PIPE-06, PIPE-14,
 *           PIPE-15, PIPE-16, PIPE-17, PIPE-20, PIPE-22, PIPE-23, CANCEL-06,
 *           CANCEL-19.
 * Read next: pipe_data.c.
 *
 * SPDX-License-Identifier: MIT
 */
#include "pipe.h"

#include <string.h>
#include <wchar.h>

#include "wait.h"

/** When CreateNamedPipe is given 0: its documentation. */
enum { WAIT_MS_DEFAULT = 50 };

static NTSTATUS start(struct irp *irp);
static bool cancel(struct irp *irp);
static void closed(struct file *file);
static void deleted(struct file *file);

static const struct file_ops pipe_ops = {
    .start = start,
    .cancel = cancel,
    .closed = closed,
    .deleted = deleted,
};

struct pipe_end *sim__pipe_end(const struct file *file)
{
    return file->ops == &pipe_ops ? file->device : NULL;
}

enum pipe_state sim__pipe_state(const struct pipe_end *end)
{
    const struct pipe_instance *instance = end->instance;

    if (instance == NULL) {
        return PIPE_DISCONNECTED;
    }
    if (end->server) {
        return instance->state;
    }
    return instance->server == NULL ? PIPE_CLOSING : PIPE_CONNECTED;
}

/* ---- Names --------------------------------------------------------------- */

/** The names of the present world. */
static struct {
    uint64_t generation;
    struct pipe *first;
} names;

static struct pipe **first_name(void)
{
    if (names.generation != sim__world.generation) {
        names.generation = sim__world.generation;
        names.first = NULL;
    }
    return &names.first;
}

static WCHAR lower(WCHAR letter)
{
    return letter >= L'A' && letter <= L'Z' ? (WCHAR)(letter + (L'a' - L'A'))
                                            : letter;
}

/** @brief Names of pipes are not case sensitive (CreateNamedPipe page). */
static bool same_name(const WCHAR *one, const WCHAR *two)
{
    while (*one != 0 && lower(*one) == lower(*two)) {
        one++;
        two++;
    }
    return *one == *two;
}

static struct pipe *find_pipe(const WCHAR *name)
{
    struct pipe *pipe = *first_name();

    while (pipe != NULL && !same_name(pipe->text, name)) {
        pipe = pipe->next;
    }
    return pipe;
}

static struct pipe *create_pipe(const WCHAR *name,
                                const struct pipe_options *options)
{
    size_t bytes = (wcslen(name) + 1) * sizeof *name;
    struct pipe *pipe = sim__object_create(OBJECT_PIPE, sizeof *pipe);
    struct pipe **first = first_name();

    pipe->text = memcpy(sim__take(bytes), name, bytes);
    pipe->access = options->access;
    pipe->messages = (options->mode & PIPE_TYPE_MESSAGE) != 0;
    pipe->instances_max = options->instances_max;
    pipe->wait_ms = options->wait_ms != 0 ? options->wait_ms : WAIT_MS_DEFAULT;
    pipe->next = *first;
    *first = pipe;
    sim__object_keep(&pipe->object); /* Until its last instance goes. */
    return pipe;
}

/** @brief The last instance is gone, and the name with it. */
static void forget_name(struct pipe *pipe)
{
    struct pipe **link = first_name();

    while (*link != pipe) {
        sim__assert(*link != NULL);
        link = &(*link)->next;
    }
    *link = pipe->next;
    sim__give(pipe->text, (wcslen(pipe->text) + 1) * sizeof *pipe->text);
    sim__signal(&pipe->object); /* Who waits for an instance is told. */
    sim__object_drop(&pipe->object);
}

/* ---- Instances in line for clients --------------------------------------- */

/** @brief FACT PIPE-06 which instance gets the client: first come. */
static void enter_line(struct pipe_instance *instance)
{
    struct pipe *pipe = instance->pipe;

    instance->state = PIPE_LISTENING;
    instance->free_next = NULL;
    if (pipe->free_first == NULL) {
        pipe->free_first = instance;
    } else {
        pipe->free_last->free_next = instance;
    }
    pipe->free_last = instance;
    sim__signal(&pipe->object);
}

static void leave_line(struct pipe_instance *instance)
{
    struct pipe *pipe = instance->pipe;
    struct pipe_instance *before = NULL;
    struct pipe_instance *at = pipe->free_first;

    while (at != instance) {
        before = at;
        at = at->free_next;
    }
    if (before == NULL) {
        pipe->free_first = instance->free_next;
    } else {
        before->free_next = instance->free_next;
    }
    if (pipe->free_last == instance) {
        pipe->free_last = before;
    }
    if (pipe->free_first == NULL) {
        pipe->object.signal = 0;
    }
}

/* ---- Opening the two ends ------------------------------------------------ */

/** @brief Say which name the new file belongs to; other letters than those of
 *  ASCII become '?', so that the trace is the same everywhere. */
static void trace_open(const struct pipe_end *end)
{
    const WCHAR *name = end->instance->pipe->text;
    char text[64];
    size_t used = 10; /* Of "server of " and "client of ". */

    if (!sim__trace_state.on) {
        return;
    }
    memcpy(text, end->server ? "server of " : "client of ", used);
    for (; *name != 0 && used < sizeof text - 1; name++) {
        text[used++] = (char)(*name >= L' ' && *name <= L'~' ? *name : L'?');
    }
    text[used] = '\0';
    trace(open, .object = &end->file->object, .text = text, .copy = true);
}

static struct pipe_end *create_end(struct pipe_instance *instance,
                                   bool server,
                                   bool overlapped)
{
    struct pipe_end *end = sim__take(sizeof *end);

    *end = (struct pipe_end){
        .instance = instance,
        .file = sim__file_create(&pipe_ops, end, overlapped),
        .in = server ? &instance->to_server : &instance->to_client,
        .out = server ? &instance->to_client : &instance->to_server,
        .server = server,
    };
    if (server) {
        instance->server = end;
    } else {
        instance->client = end;
    }
    trace_open(end);
    return end;
}

static void create_instance(struct pipe *pipe,
                            const struct pipe_options *options,
                            struct file **out)
{
    struct pipe_instance *instance = sim__take(sizeof *instance);
    struct pipe_end *end;

    *instance = (struct pipe_instance){
        .pipe = pipe,
        .to_server = {.quota = options->in_bytes},
        .to_client = {.quota = options->out_bytes},
    };
    pipe->instance_count++;
    end = create_end(instance, true, options->overlapped);
    end->by_message = (options->mode & PIPE_READMODE_MESSAGE) != 0;
    end->no_wait = (options->mode & PIPE_NOWAIT) != 0;
    /* FACT PIPE-05 a client can open before anybody listens. */
    enter_line(instance);
    *out = end->file;
}

NTSTATUS sim__pipe_create(const WCHAR *name,
                          const struct pipe_options *options,
                          struct file **out)
{
    struct pipe *pipe = find_pipe(name);

    if (pipe == NULL) {
        pipe = create_pipe(name, options);
    } else if (options->first || pipe->access != options->access ||
               pipe->messages != ((options->mode & PIPE_TYPE_MESSAGE) != 0)) {
        /* The first instance fixes access and type (CreateNamedPipe page). */
        return STATUS_ACCESS_DENIED;
    } else if (pipe->instances_max != PIPE_UNLIMITED_INSTANCES &&
               pipe->instance_count >= pipe->instances_max) {
        return STATUS_INSTANCE_NOT_AVAILABLE;
    }
    create_instance(pipe, options, out);
    return STATUS_SUCCESS;
}

NTSTATUS sim__pipe_open(const WCHAR *name,
                        uint32_t access,
                        bool overlapped,
                        struct file **out)
{
    struct pipe *pipe = find_pipe(name);
    struct pipe_instance *instance;

    if (pipe == NULL) {
        return STATUS_OBJECT_NAME_NOT_FOUND;
    }
    if (((access & FILE_READ_DATA) && !(pipe->access & PIPE_ACCESS_OUTBOUND)) ||
        ((access & FILE_WRITE_DATA) && !(pipe->access & PIPE_ACCESS_INBOUND))) {
        return STATUS_ACCESS_DENIED;
    }
    instance = pipe->free_first;
    if (instance == NULL) {
        return STATUS_PIPE_NOT_AVAILABLE;
    }
    leave_line(instance);
    instance->state = PIPE_CONNECTED;
    *out = create_end(instance, false, overlapped)->file;
    /* FACT PIPE-01 overlapped ConnectNamedPipe ends when a client opens. */
    sim__irp_complete_list(&instance->listeners, STATUS_SUCCESS);
    return STATUS_SUCCESS;
}

NTSTATUS sim__pipe_wait(const WCHAR *name, DWORD milliseconds)
{
    struct pipe *pipe = find_pipe(name);
    struct object *object;
    int64_t interval;
    struct wait wait = {.objects = &object,
                        .count = 1,
                        .call = "WaitNamedPipe"};
    NTSTATUS status;

    if (pipe == NULL) {
        return STATUS_OBJECT_NAME_NOT_FOUND;
    }
    object = &pipe->object;
    wait.interval = sim__time_interval(
        milliseconds == NMPWAIT_USE_DEFAULT_WAIT ? pipe->wait_ms : milliseconds,
        &interval);
    /* FACT PIPE-22 WaitNamedPipe: success only means that an instance was
     * free at that moment. */
    sim__object_keep(object);
    status = sim__wait(&wait);
    if (pipe->instance_count == 0) {
        status = STATUS_OBJECT_NAME_NOT_FOUND;
    } else if (status == STATUS_TIMEOUT) {
        status = STATUS_IO_TIMEOUT;
    }
    sim__object_drop(object);
    return status;
}

NTSTATUS sim__pipe_set_mode(struct pipe_end *end, ULONG mode)
{
    if (end->instance == NULL) {
        return STATUS_PIPE_DISCONNECTED;
    }
    if ((mode & PIPE_READMODE_MESSAGE) && !end->instance->pipe->messages) {
        return STATUS_INVALID_PARAMETER; /* There are none to read. */
    }
    end->by_message = (mode & PIPE_READMODE_MESSAGE) != 0;
    end->no_wait = (mode & PIPE_NOWAIT) != 0;
    return STATUS_SUCCESS;
}

/* ---- The wheel: listen, disconnect, close -------------------------------- */

static NTSTATUS start_listening(struct irp *irp, const struct pipe_end *end)
{
    struct pipe_instance *instance = end->instance;
    bool fresh = false;

    if (!end->server) {
        return STATUS_ILLEGAL_FUNCTION; /* FACT PIPE-04 wrong end. */
    }
    switch (instance->state) {
    case PIPE_CONNECTED:
        return STATUS_PIPE_CONNECTED; /* FACT PIPE-02 already connected. */
    case PIPE_CLOSING:
        return STATUS_PIPE_CLOSING; /* FACT PIPE-03 came and went. */
    case PIPE_DISCONNECTED:
        enter_line(instance);
        fresh = true;
        break;
    case PIPE_LISTENING:
        break;
    }
    if (end->no_wait) {
        /* FACT PIPE-20 PIPE_NOWAIT: only the first call says success. */
        return fresh ? STATUS_SUCCESS : STATUS_PIPE_LISTENING;
    }
    sim__irp_append(&instance->listeners, irp, IRP_OF_DEVICE);
    return STATUS_PENDING;
}

/** @brief FACT PIPE-17 DisconnectNamedPipe. */
static NTSTATUS disconnect(const struct pipe_end *end)
{
    struct pipe_instance *instance = end->instance;

    if (!end->server) {
        return STATUS_ILLEGAL_FUNCTION;
    }
    if (instance->state == PIPE_DISCONNECTED) {
        return STATUS_PIPE_DISCONNECTED;
    }
    if (instance->state == PIPE_LISTENING) {
        leave_line(instance);
    }
    instance->state = PIPE_DISCONNECTED;
    sim__irp_complete_list(&instance->listeners, STATUS_PIPE_DISCONNECTED);
    sim__pipe_empty(&instance->to_server, STATUS_PIPE_DISCONNECTED);
    sim__pipe_empty(&instance->to_client, STATUS_PIPE_DISCONNECTED);
    if (instance->client != NULL) {
        /* Its handle stays open and is good for nothing any more. */
        instance->client->instance = NULL;
        instance->client = NULL;
    }
    return STATUS_SUCCESS;
}

static NTSTATUS start(struct irp *irp)
{
    const struct pipe_end *end = irp->file->device;

    switch ((int)irp->kind) {
    case IRP_READ:
        return sim__pipe_read(irp);
    case IRP_WRITE:
        return sim__pipe_write(irp);
    case IRP_FLUSH:
        return sim__pipe_flush(irp);
    case IRP_PEEK:
        return sim__pipe_peek(irp);
    case IRP_TRANSACT:
        return sim__pipe_transact(irp);
    case IRP_LISTEN:
        return start_listening(irp, end);
    case IRP_DISCONNECT:
        return disconnect(end);
    default:
        return STATUS_INVALID_DEVICE_REQUEST;
    }
}

static bool cancel(struct irp *irp)
{
    const struct pipe_end *end = irp->file->device;

    /* FACT CANCEL-06 for pipes the operation is over when the call that
     * cancels it returns. */
    if (irp->kind == IRP_LISTEN) {
        /* FACT CANCEL-19 the instance goes on listening. */
        sim__irp_remove(&end->instance->listeners, irp, IRP_OF_DEVICE);
        sim__irp_complete(irp, STATUS_CANCELLED, 0);
    } else {
        sim__pipe_end_data(irp, STATUS_CANCELLED);
    }
    return true;
}

/** @brief Both ends are closed. */
static void forget_instance(struct pipe_instance *instance)
{
    struct pipe *pipe = instance->pipe;

    sim__pipe_empty(&instance->to_server, STATUS_PIPE_BROKEN);
    sim__pipe_empty(&instance->to_client, STATUS_PIPE_BROKEN);
    sim__give(instance, sizeof *instance);
    if (--pipe->instance_count == 0) {
        forget_name(pipe);
    }
}

static void closed(struct file *file)
{
    struct pipe_end *end = file->device;
    struct pipe_instance *instance = end->instance;

    if (instance == NULL) {
        return; /* A client thrown out: nothing of it is pending. */
    }
    if (end->server) {
        if (instance->state == PIPE_LISTENING) {
            leave_line(instance);
        }
        instance->server = NULL;
        /* FACT PIPE-23 closing the server handle while listening ends the
         * request. */
        sim__irp_complete_list(&instance->listeners, STATUS_CANCELLED);
    } else {
        instance->client = NULL;
        instance->state = PIPE_CLOSING;
    }
    /* FACT PIPE-16 closing one's own handle with a read pending: broken, not
     * cancelled.  The other end's writes can go nowhere either. */
    sim__pipe_empty(end->in, STATUS_PIPE_BROKEN);
    /* FACT PIPE-14 peer closes with a read pending: broken. */
    sim__irp_complete_list(&end->out->readers, STATUS_PIPE_BROKEN);
    end->instance = NULL;
    if (instance->server == NULL && instance->client == NULL) {
        forget_instance(instance);
    }
}

static void deleted(struct file *file)
{
    sim__give(file->device, sizeof(struct pipe_end));
}
