/* Memory of the JSON library: when it runs out, the program ends, as it does everywhere else. The
 * library itself would leave values out. */
#ifndef CLI_FORMAT_JSON_MEMORY_H
#define CLI_FORMAT_JSON_MEMORY_H

/* Called once, from main, before any JSON is read. `exhausted` must not return. */
void json_memory_check(void (*exhausted)(void));

#endif
