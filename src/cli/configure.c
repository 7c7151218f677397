/* SPDX-License-Identifier: MIT */
#include "cli/configure.h"

#include "base/mem.h"
#include "base/sys.h"
#include "cli/cmd.h"
#include "cli/config.h"
#include "cli/overrides.h"
#include "cli/profile.h"
#include "cli/shard_env.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CONFIG_NAME "shmrun.conf"
#define CONFIG_CAP (1u << 20)

/* A variable that is set to something. */
static const char *configure_env(const char *name)
{
	const char *value = getenv(name);

	return value && *value ? value : NULL;
}

static struct config *configure_parse(const char *path, int fd,
				      struct err *err)
{
	char *text = mem_alloc(CONFIG_CAP + 1);
	ssize_t len = sys_pread_all(fd, text, CONFIG_CAP + 1, 0);
	struct config *c = NULL;

	if (len < 0)
		err_sys(err, (int)len, "cannot read %s", path);
	else if (len > CONFIG_CAP)
		err_set(err, -EFBIG, "%s is larger than 1 MiB", path);
	else
		c = config_parse(path, text, (size_t)len, err);
	free(text);
	if (c && (profile_check_all(c, err) < 0 ||
		  overrides_check_all(c, err) < 0)) {
		config_free(c);
		return NULL;
	}
	return c;
}

/* The file that is named, or the usual one if it is there; 0, and NULL when
 * there is none. */
static int configure_open(const char *named, struct config **c,
			  struct err *err)
{
	const char *path = named ? named : CONFIG_NAME;
	int fd;

	*c = NULL;
	if (strcmp(path, "none") == 0)
		return 0;
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0 && errno == ENOENT && !named)
		return 0;
	if (fd < 0)
		return err_sys(err, -errno, "cannot read %s", path);
	*c = configure_parse(path, fd, err);
	close(fd);
	return *c ? 0 : err->code;
}

/* Parses again, over the layers. */
static int configure_over(struct options *o, struct config *c,
			  const char *profile, int argc, char **argv,
			  struct err *err)
{
	struct options_layers layers = {
		.words = configure_env("SHMRUN_OPTS"),
		.env_jobs = configure_env("SHMRUN_JOBS") != NULL,
		.env_cache_dir = configure_env("SHMRUN_CACHE_DIR") != NULL,
	};
	struct profile_chain chain = { .n = 0 };
	int ret;

	if (!c && !layers.words)
		return 0;
	if (c) {
		if (profile_find(c, profile, &chain, err) < 0)
			return err->code;
		layers.profile = &chain;
	}
	options_fini(o);
	ret = options_parse_over(o, &layers, argc, argv, err);
	if (ret == 0)
		o->config = c;
	return ret;
}

int configure(struct options *o, int argc, char **argv, struct err *err)
{
	const char *named, *profile;
	struct config *c = NULL;
	int ret = options_parse(o, argc, argv, err);

	if (ret < 0)
		return ret;
	if (o->help || o->version || !cmd_find(o->command)->configured)
		return 0;
	named = o->config_path ? o->config_path
			       : configure_env("SHMRUN_CONFIG");
	profile = o->profile ? o->profile : configure_env("SHMRUN_PROFILE");
	ret = configure_open(named, &c, err);
	if (ret == 0 && !c && profile && strcmp(profile, PROFILE_DEFAULT) != 0)
		ret = err_set(err, -EINVAL, "there is no profile %.64s: there "
			      "is no " CONFIG_NAME, profile);
	if (ret == 0)
		ret = configure_over(o, c, profile ? profile : PROFILE_DEFAULT,
				     argc, argv, err);
	if (ret < 0) {
		options_fini(o);
		config_free(c);
		return ret;
	}
	o->profile = c ? (profile ? profile : PROFILE_DEFAULT) : NULL;
	ret = shard_env_read(o, getenv, err);
	if (ret < 0)
		options_fini(o);
	return ret;
}
