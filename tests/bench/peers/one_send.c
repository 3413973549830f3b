/* The floor: a relay that does one send() for each delivery, and nothing else that it can leave.
 *
 *     cc -O2 -o one_send one_send.c && ./one_send PORT
 *
 * It takes any request as a handshake and answers it with a fixed 101, files a viewer by the order
 * in its path, looks for the order's name in each message of a driver, and sends the same bytes to
 * each viewer of that order. It stores nothing, checks nothing, and believes that its peers are
 * the load of this benchmark: it must never listen anywhere but on the loopback address.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { MOST_FDS = 1 << 17, SLOTS = 1 << 16, NAME = 72, READ = 1 << 16, EVENTS = 512 };

static const char VIEWER_PATH[] = "GET /ws/client/";
static const char ORDER_FIELD[] = "\"orderId\":\"";
static const char WELCOME[] =
    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n";

struct order {
    char name[NAME];
    int *viewers;
    int count, room;
};

struct peer {
    int open;            /* past its handshake */
    struct order *order; /* a viewer's */
    char *rest;          /* the beginning of a driver's frame, until its end comes */
    int rest_size;
};

static struct order orders[SLOTS];
static struct peer peers[MOST_FDS];

/* The order of this name, made if need be: a table with open addressing. */
static struct order *order_of(const char *name, size_t size)
{
    unsigned slot = 5381;
    if (size >= NAME)
        size = NAME - 1;
    for (size_t i = 0; i < size; i++)
        slot = slot * 33 + (unsigned char)name[i];
    for (;; slot++) {
        struct order *order = &orders[slot % SLOTS];
        if (!order->name[0])
            memcpy(order->name, name, size);
        else if (strncmp(order->name, name, size) || order->name[size])
            continue;
        return order;
    }
}

static void add_viewer(struct order *order, int fd)
{
    if (order->count == order->room) {
        order->room = order->room ? 2 * order->room : 1;
        order->viewers = realloc(order->viewers, order->room * sizeof(int));
    }
    order->viewers[order->count++] = fd;
    peers[fd].order = order;
}

static void drop(int fd)
{
    struct order *order = peers[fd].order;
    for (int i = 0; order && i < order->count; i++)
        if (order->viewers[i] == fd)
            order->viewers[i] = order->viewers[--order->count];
    free(peers[fd].rest);
    memset(&peers[fd], 0, sizeof peers[fd]);
    close(fd);
}

/* All of it, even to a reader who is slow: every delivery counts. */
static void send_whole(int fd, const char *data, int size)
{
    while (size > 0) {
        ssize_t sent = send(fd, data, size, MSG_NOSIGNAL);
        if (sent < 0 && errno != EAGAIN)
            return;
        if (sent < 0) {
            struct pollfd full = {.fd = fd, .events = POLLOUT};
            poll(&full, 1, 1000);
            continue;
        }
        data += sent;
        size -= sent;
    }
}

static void publish(const char *text, int size)
{
    static char frame[4 + 65535];
    const char *found = memmem(text, size, ORDER_FIELD, sizeof ORDER_FIELD - 1);
    if (!found)
        return;
    const char *name = found + sizeof ORDER_FIELD - 1;
    const char *end = memchr(name, '"', text + size - name);
    if (!end)
        return;
    int head = 2;
    frame[0] = (char)0x81;
    frame[1] = (char)size;
    if (size > 125) {
        frame[1] = 126;
        frame[2] = (char)(size >> 8);
        frame[3] = (char)size;
        head = 4;
    }
    memcpy(frame + head, text, size);
    struct order *order = order_of(name, end - name);
    for (int i = 0; i < order->count; i++)
        send_whole(order->viewers[i], frame, head + size);
}

/* One masked frame below 64 KiB at ``data``; its length, 0 while it is not whole, -1 otherwise. */
static int take_frame(unsigned char *data, int size)
{
    int head = 2, length;
    if (size < 2)
        return 0;
    length = data[1] & 127;
    if (length == 127)
        return -1;
    if (length == 126) {
        head = 4;
        if (size < head)
            return 0;
        length = data[2] << 8 | data[3];
    }
    if (size < head + 4 + length)
        return 0;
    unsigned char *key = data + head, *text = key + 4;
    for (int i = 0; i < length; i++)
        text[i] ^= key[i & 3];
    if ((data[0] & 15) == 1)
        publish((char *)text, length);
    return head + 4 + length;
}

static void from_driver(int fd, char *data, int size)
{
    struct peer *peer = &peers[fd];
    if (peer->rest) {
        peer->rest = realloc(peer->rest, peer->rest_size + size);
        memcpy(peer->rest + peer->rest_size, data, size);
        data = peer->rest;
        size += peer->rest_size;
    }
    int at = 0, taken;
    while ((taken = take_frame((unsigned char *)data + at, size - at)) > 0)
        at += taken;
    char *rest = NULL;
    if (at < size) {
        rest = malloc(size - at);
        memcpy(rest, data + at, size - at);
    }
    free(peer->rest);
    peer->rest = rest;
    peer->rest_size = size - at;
    if (taken < 0)
        drop(fd);
}

/* The request is small, and comes in one piece from our load. */
static void shake_hands(int fd, const char *request)
{
    if (!strncmp(request, VIEWER_PATH, sizeof VIEWER_PATH - 1)) {
        const char *name = request + sizeof VIEWER_PATH - 1;
        add_viewer(order_of(name, strcspn(name, " ?")), fd);
    }
    peers[fd].open = 1;
    send_whole(fd, WELCOME, sizeof WELCOME - 1);
}

static void readable(int fd)
{
    static char data[READ + 1];
    ssize_t size = read(fd, data, READ);
    if (size < 0 && errno == EAGAIN)
        return;
    if (size <= 0) {
        drop(fd);
        return;
    }
    data[size] = 0;
    if (!peers[fd].open)
        shake_hands(fd, data);
    else if (!peers[fd].order)
        from_driver(fd, data, size);
}

static void accept_one(int epoll, int listener)
{
    int yes = 1, fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK);
    if (fd < 0)
        return;
    if (fd >= MOST_FDS) {
        close(fd);
        return;
    }
    struct epoll_event wanted = {.events = EPOLLIN, .data.fd = fd};
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &wanted);
}

static int listen_on(int port)
{
    int yes = 1, listener = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    if (bind(listener, (struct sockaddr *)&address, sizeof address) || listen(listener, 4096)) {
        perror("one_send");
        exit(1);
    }
    return listener;
}

int main(int argc, char **argv)
{
    static struct epoll_event events[EVENTS];
    int listener = listen_on(argc > 1 ? atoi(argv[1]) : 0), epoll = epoll_create1(0);
    struct epoll_event wanted = {.events = EPOLLIN, .data.fd = listener};
    epoll_ctl(epoll, EPOLL_CTL_ADD, listener, &wanted);
    for (;;) {
        int count = epoll_wait(epoll, events, EVENTS, -1);
        for (int i = 0; i < count; i++) {
            if (events[i].data.fd == listener)
                accept_one(epoll, listener);
            else
                readable(events[i].data.fd);
        }
    }
}
