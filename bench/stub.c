/* A SCIM service provider that does no work: the fastest answers that a client can get, so that the client is measured.
 *
 * stub [--delay MILLISECONDS]: listens on a free port of 127.0.0.1 and prints it; ends when its standard input does.
 * GET of a collection: an empty ListResponse. POST: 201 with a fresh id. GET, PUT and PATCH of one: 200 and the user.
 * DELETE: 204. One thread, epoll; a delayed answer blocks nothing, for answers leave in the order of their requests.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

enum { MOST_CONNECTIONS = 1024, MOST_REQUEST = 65536, MOST_ANSWER = 4096, MOST_EVENTS = 64 };

typedef struct {
    int have;
    int generation;
    char in[MOST_REQUEST + 1];
} Connection;

typedef struct {
    long long due;
    int fd, generation, size;
    char text[MOST_ANSWER];
} Answer;

static Connection *connections[MOST_CONNECTIONS];
static Answer waiting[MOST_CONNECTIONS * 2];
static unsigned first_waiting, last_waiting;
static long long delay;
static unsigned long made;

static const char *LIST =
    "{\"schemas\":[\"urn:ietf:params:scim:api:messages:2.0:ListResponse\"],\"totalResults\":0,\"startIndex\":1,"
    "\"itemsPerPage\":0,\"Resources\":[]}";
static const char *USER =
    "{\"schemas\":[\"urn:ietf:params:scim:schemas:core:2.0:User\","
    "\"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User\"],\"id\":\"%s\",\"externalId\":"
    "\"00uK3fP0aVq8Xc1Zr5d7\",\"userName\":\"ada.lovelace1@example.com\",\"name\":{\"givenName\":\"Ada\","
    "\"familyName\":\"Lovelace\"},\"displayName\":\"Ada Lovelace\",\"title\":\"Senior Analyst\",\"userType\":"
    "\"Employee\",\"locale\":\"en-GB\",\"active\":true,\"emails\":[{\"primary\":true,\"value\":"
    "\"ada.lovelace1@example.com\",\"type\":\"work\"}],\"phoneNumbers\":[{\"primary\":true,\"value\":"
    "\"+44 20 7946 0142\",\"type\":\"work\"}],\"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User\":"
    "{\"employeeNumber\":\"000001\",\"department\":\"Engineering\",\"costCenter\":\"CC-417\"},\"meta\":"
    "{\"resourceType\":\"User\",\"created\":\"2026-01-05T09:00:00Z\",\"lastModified\":\"2026-01-05T09:00:00Z\","
    "\"location\":\"https://sp.example.com/scim/v2/Users/%s\"}}";

static long long now(void) {
    struct timespec at;
    clock_gettime(CLOCK_MONOTONIC, &at);
    return at.tv_sec * 1000000000LL + at.tv_nsec;
}

static void hang_up(int fd) {
    connections[fd]->generation++;
    close(fd);
}

static int user(char *body, const char *id) {
    return snprintf(body, MOST_ANSWER / 2, USER, id, id);
}

/* The last segment of the path as an id, empty for a collection. */
static void identified(const char *request, char *id, size_t most) {
    const char *path = strchr(request, ' ') + 1;
    size_t length = strcspn(path, " ?");
    const char *segment = memrchr(path, '/', length);
    size_t size = segment ? (size_t)(path + length - segment - 1) : 0;
    if (size >= most || strncmp(segment + 1, "Users", 5) == 0 || strncmp(segment + 1, "Groups", 6) == 0) size = 0;
    memcpy(id, segment ? segment + 1 : "", size);
    id[size] = 0;
}

static int answer_to(const char *request, char *text) {
    char id[128], body[MOST_ANSWER / 2];
    const char *status = "200 OK";
    int size = 0;
    identified(request, id, sizeof id);
    if (strncmp(request, "POST ", 5) == 0) {
        status = "201 Created";
        snprintf(id, sizeof id, "2819c223-7f76-453a-919d-%012lx", ++made);
        size = user(body, id);
    } else if (strncmp(request, "DELETE ", 7) == 0) {
        return snprintf(text, MOST_ANSWER, "HTTP/1.1 204 No Content\r\nServer: stub\r\n\r\n");
    } else if (*id) {
        size = user(body, id);
    } else {
        size = snprintf(body, sizeof body, "%s", LIST);
    }
    return snprintf(text, MOST_ANSWER,
                    "HTTP/1.1 %s\r\nServer: stub\r\nDate: Mon, 05 Jan 2026 09:00:00 GMT\r\n"
                    "Content-Type: application/scim+json\r\nContent-Length: %d\r\nConnection: keep-alive\r\n"
                    "ETag: W/\"1\"\r\n\r\n%.*s", status, size, size, body);
}

static void give(int fd, const char *text, int size) {
    if (write(fd, text, size) != size) hang_up(fd); /* an answer is smaller than any socket's buffer */
}

static void give_due(void) {
    for (; first_waiting != last_waiting; first_waiting++) {
        Answer *next = &waiting[first_waiting % (MOST_CONNECTIONS * 2)];
        if (next->due > now()) return;
        if (connections[next->fd]->generation == next->generation) give(next->fd, next->text, next->size);
    }
}

static void answer(int fd, const char *request) {
    if (!delay) {
        char text[MOST_ANSWER];
        give(fd, text, answer_to(request, text));
        return;
    }
    Answer *next = &waiting[last_waiting++ % (MOST_CONNECTIONS * 2)];
    next->due = now() + delay;
    next->fd = fd;
    next->generation = connections[fd]->generation;
    next->size = answer_to(request, next->text);
}

/* Answers what has come whole; the length of a request, 0 while it is not whole. */
static int whole(const Connection *from) {
    const char *end = memmem(from->in, from->have, "\r\n\r\n", 4);
    if (!end) return 0;
    int head = end + 4 - from->in;
    const char *length = strcasestr(from->in, "\r\ncontent-length:");
    int size = head + (length && length < end ? atoi(length + 17) : 0);
    return size <= from->have ? size : 0;
}

static void receive(int fd) {
    Connection *from = connections[fd];
    int got = read(fd, from->in + from->have, MOST_REQUEST - from->have);
    if (got <= 0) {
        hang_up(fd);
        return;
    }
    from->have += got;
    from->in[from->have] = 0;
    for (int size; (size = whole(from));) {
        answer(fd, from->in);
        from->have -= size;
        memmove(from->in, from->in + size, from->have + 1);
    }
}

static void welcome(int poll, int listener) {
    int on = 1, fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK);
    if (fd < 0) return;
    if (fd >= MOST_CONNECTIONS) {
        close(fd);
        return;
    }
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (!connections[fd]) connections[fd] = calloc(1, sizeof(Connection));
    connections[fd]->have = 0;
    epoll_ctl(poll, EPOLL_CTL_ADD, fd, &(struct epoll_event){.events = EPOLLIN, .data.fd = fd});
}

/* How long nothing is due; the delay is a whole number of milliseconds, its end is not, so the wait is in nanoseconds. */
static int next_events(int poll, struct epoll_event *events) {
    if (first_waiting == last_waiting) return epoll_wait(poll, events, MOST_EVENTS, -1);
    long long left = waiting[first_waiting % (MOST_CONNECTIONS * 2)].due - now();
    if (left < 0) left = 0;
    struct timespec pause = {left / 1000000000LL, left % 1000000000LL};
    return epoll_pwait2(poll, events, MOST_EVENTS, &pause, NULL);
}

int main(int count, char **words) {
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof at;
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), poll = epoll_create1(0);
    prctl(PR_SET_TIMERSLACK, 1); /* nanoseconds: by default a pause is 50 microseconds longer than asked */
    if (count == 3 && strcmp(words[1], "--delay") == 0) delay = atof(words[2]) * 1e6;
    if (bind(listener, (struct sockaddr *)&at, size) || listen(listener, 256)) return 1;
    getsockname(listener, (struct sockaddr *)&at, &size);
    printf("%d\n", ntohs(at.sin_port));
    fflush(stdout);
    for (int each = 0; each < 2; each++)
        epoll_ctl(poll, EPOLL_CTL_ADD, each ? listener : 0,
                  &(struct epoll_event){.events = EPOLLIN, .data.fd = each ? listener : 0});
    for (;;) {
        struct epoll_event events[MOST_EVENTS];
        int ready = next_events(poll, events);
        give_due();
        for (int each = 0; each < ready; each++) {
            int fd = events[each].data.fd;
            if (fd == listener) welcome(poll, listener);
            else if (fd == 0) return 0;
            else receive(fd);
        }
    }
}
