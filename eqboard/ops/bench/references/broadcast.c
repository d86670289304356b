/* The same in C: a text from standard input, framed once, and send() in a loop. Nobody needs less than that.

   cc -O2 -o broadcast broadcast.c && ./broadcast
   It says its port; each text comes as four bytes that tell its length, and the text. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define MOST 8192
static const char YES[] = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n";
static struct pollfd place[MOST + 2];
static int greeted[MOST + 2];
static int count = 2; /* standard input, and where it listens */

static int read_all(int file, unsigned char *into, size_t length) {
    for (size_t had = 0; had < length;) {
        ssize_t more = read(file, into + had, length - had);
        if (more <= 0) return 0;
        had += (size_t)more;
    }
    return 1;
}

static void leave(int each) {
    close(place[each].fd);
    count--;
    place[each] = place[count];
    greeted[each] = greeted[count];
}

/* What a full socket does not take is waited for: a message is never torn. */
static int send_all(int file, const unsigned char *data, size_t length) {
    while (length) {
        ssize_t sent = send(file, data, length, MSG_NOSIGNAL);
        if (sent < 0) {
            struct pollfd one = {file, POLLOUT, 0};
            if (errno != EAGAIN || poll(&one, 1, 1000) != 1) return 0;
            continue;
        }
        data += sent;
        length -= (size_t)sent;
    }
    return 1;
}

static int tell(void) {
    unsigned char size[4];
    if (!read_all(0, size, 4)) return 0;
    uint32_t length = (uint32_t)size[0] << 24 | size[1] << 16 | size[2] << 8 | size[3];
    unsigned char *frame = malloc(10 + (size_t)length);
    size_t head = length < 126 ? 2 : length < 65536 ? 4 : 10;
    if (!frame || !read_all(0, frame + head, length)) return 0;
    frame[0] = 0x81;
    frame[1] = head == 2 ? (unsigned char)length : head == 4 ? 126 : 127;
    for (size_t each = 2; each < head; each++)
        frame[each] = (unsigned char)((uint64_t)length >> 8 * (head - 1 - each));
    for (int each = count - 1; each >= 2; each--)
        if (greeted[each] && !send_all(place[each].fd, frame, head + length)) leave(each);
    free(frame);
    return 1;
}

static void hear(int each) {
    char said[4096];
    ssize_t length = recv(place[each].fd, said, sizeof said, 0);
    if (length == 0 || (length < 0 && errno != EAGAIN)) leave(each);
    else if (!greeted[each]) {
        greeted[each] = 1;
        send_all(place[each].fd, (const unsigned char *)YES, sizeof YES - 1);
    }
}

static void greet(int listening) {
    int fresh = accept(listening, NULL, NULL);
    if (fresh < 0) return;
    if (count == MOST + 2) {
        close(fresh);
        return;
    }
    int yes = 1;
    setsockopt(fresh, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    fcntl(fresh, F_SETFL, O_NONBLOCK);
    greeted[count] = 0;
    place[count++] = (struct pollfd){fresh, POLLIN, 0};
}

int main(void) {
    int listening = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in here = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof here;
    if (bind(listening, (struct sockaddr *)&here, size) || listen(listening, 1024)) return 1;
    getsockname(listening, (struct sockaddr *)&here, &size);
    printf("%d\n", ntohs(here.sin_port));
    fflush(stdout);
    place[0] = (struct pollfd){0, POLLIN, 0};
    place[1] = (struct pollfd){listening, POLLIN, 0};
    for (;;) {
        if (poll(place, (nfds_t)count, -1) < 0) return 1;
        if (place[0].revents && !tell()) return 0;
        if (place[1].revents) greet(listening);
        for (int each = count - 1; each >= 2; each--)
            if (place[each].revents) hear(each);
    }
}
