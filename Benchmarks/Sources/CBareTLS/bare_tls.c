#include "bare_tls.h"

#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define ROOM (64 * 1024)

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

// Reads until a line begins with the tag (or, without one, until any line has ended); gives the bytes read, or -1.
static long long read_until(SSL *ssl, const char *tag) {
    static char buffer[ROOM + 64];
    size_t kept = 0;
    long long total = 0;
    char mark[32];
    snprintf(mark, sizeof mark, "\r\n%s ", tag ? tag : "");
    size_t length = strlen(mark);
    for (;;) {
        int got = SSL_read(ssl, buffer + kept, ROOM);
        if (got <= 0) return -1;
        total += got;
        size_t filled = kept + (size_t)got;
        // The tagged line is short and comes last: it is enough to look at the end of what was read.
        size_t from = filled > 1024 ? filled - 1024 : 0;
        if (filled >= 2 && buffer[filled - 1] == '\n') {
            if (!tag) return total;
            if (total == (long long)filled && strncmp(buffer, tag, strlen(tag)) == 0) return total;
            for (size_t i = from; i + length <= filled; i++)
                if (memcmp(buffer + i, mark, length) == 0) return total;
        }
        kept = filled < 64 ? filled : 64;
        memmove(buffer, buffer + filled - kept, kept);
    }
}

static int command(SSL *ssl, const char *tag, const char *text, long long *bytes) {
    char line[1024];
    int length = snprintf(line, sizeof line, "%s %s\r\n", tag, text);
    if (SSL_write(ssl, line, length) != length) return -1;
    long long got = read_until(ssl, tag);
    if (bytes) *bytes = got;
    return got < 0 ? -1 : 0;
}

int bare_pull(const char *host, int port, const char *user, const char *password, const char *mailbox, const char *items,
              struct bare_pull_result *result) {
    memset(result, 0, sizeof *result);
    char service[16], text[512];
    snprintf(service, sizeof service, "%d", port);
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM}, *found = NULL;
    if (getaddrinfo(host, service, &hints, &found) != 0) {
        snprintf(result->error, sizeof result->error, "%s cannot be found", host);
        return -1;
    }
    int descriptor = socket(found->ai_family, SOCK_STREAM, 0);
    int connected = connect(descriptor, found->ai_addr, found->ai_addrlen);
    freeaddrinfo(found);
    int status = -1;
    SSL_CTX *context = SSL_CTX_new(TLS_client_method());
    SSL *ssl = SSL_new(context);
    int on = 1;
    setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    SSL_set_fd(ssl, descriptor);
    const char *step = "connecting";
    if (connected != 0) goto end;
    step = "the handshake";
    if (SSL_connect(ssl) != 1 || read_until(ssl, NULL) < 0) goto end;
    step = "LOGIN";
    snprintf(text, sizeof text, "LOGIN \"%s\" \"%s\"", user, password);
    if (command(ssl, "B1", text, NULL) != 0) goto end;
    step = "EXAMINE";
    snprintf(text, sizeof text, "EXAMINE \"%s\"", mailbox);
    if (command(ssl, "B2", text, NULL) != 0) goto end;
    step = "FETCH";
    snprintf(text, sizeof text, "UID FETCH 1:* (%s)", items);
    double start = now();
    if (command(ssl, "B3", text, &result->bytes) != 0) goto end;
    result->seconds = now() - start;
    status = 0;
end:
    if (status != 0) snprintf(result->error, sizeof result->error, "%s failed", step);
    SSL_free(ssl);
    SSL_CTX_free(context);
    close(descriptor);
    return status;
}
