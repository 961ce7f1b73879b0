/* GMime's rate on the files that `mime-bench files` reads: every message parsed from memory, its text parts decoded to
   UTF-8 (of alternatives all, as GMime leaves the choice to its caller), headers and attachments' names read.

   cc -O2 gmime_parse.c -o gmime_parse $(pkg-config --cflags --libs gmime-3.0)
   find FOLDER -type f | ./gmime_parse */
#include <gmime/gmime.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static size_t text_bytes, parts;

static void each_part(GMimeObject *parent, GMimeObject *part, gpointer data) {
    (void)parent;
    (void)data;
    parts++;
    if (GMIME_IS_TEXT_PART(part)) {
        char *text = g_mime_text_part_get_text(GMIME_TEXT_PART(part));
        if (text) text_bytes += strlen(text);
        g_free(text);
    } else if (GMIME_IS_PART(part)) {
        const char *name = g_mime_part_get_filename(GMIME_PART(part));
        if (name) text_bytes += strlen(name);
    }
}

int main(void) {
    g_mime_init();
    char path[4096];
    size_t count = 0, total = 0, capacity = 1 << 14;
    char **files = malloc(capacity * sizeof *files);
    size_t *sizes = malloc(capacity * sizeof *sizes);
    while (fgets(path, sizeof path, stdin)) {
        path[strcspn(path, "\n")] = 0;
        if (count == capacity) break;
        gchar *bytes;
        gsize size;
        if (!g_file_get_contents(path, &bytes, &size, NULL)) continue;
        files[count] = bytes;
        sizes[count++] = size;
        total += size;
    }
    struct timespec start, end;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &start);
    for (size_t index = 0; index < count; index++) {
        GMimeStream *stream = g_mime_stream_mem_new();
        g_mime_stream_mem_set_owner(GMIME_STREAM_MEM(stream), FALSE);
        GByteArray array = {(guint8 *)files[index], (guint)sizes[index]};
        g_mime_stream_mem_set_byte_array(GMIME_STREAM_MEM(stream), &array);
        GMimeParser *parser = g_mime_parser_new_with_stream(stream);
        g_mime_parser_set_persist_stream(parser, TRUE);
        GMimeMessage *message = g_mime_parser_construct_message(parser, NULL);
        if (message) {
            const char *subject = g_mime_message_get_subject(message);
            if (subject) text_bytes += strlen(subject);
            char *from = internet_address_list_to_string(g_mime_message_get_from(message), NULL, FALSE);
            if (from) text_bytes += strlen(from);
            g_free(from);
            g_mime_message_get_date(message);
            g_mime_message_foreach(message, each_part, NULL);
            g_object_unref(message);
        }
        g_object_unref(parser);
        g_object_unref(stream);
    }
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &end);
    double seconds = (double)(end.tv_sec - start.tv_sec) + (double)(end.tv_nsec - start.tv_nsec) / 1e9;
    printf("GMime: %zu messages, %zu MB: %.0f ms CPU, %.0f MB/s (%zu parts, %zu kB text)\n", count, total / 1000000,
           seconds * 1000, (double)total / 1e6 / seconds, parts, text_bytes / 1000);
    return 0;
}
