/** What was found of a file or a directory, or `otherwise` where there is none; other errors stay errors. */
export const ifThere = async <A, B>(found: Promise<A>, otherwise: B): Promise<A | B> => {
  try {
    return await found;
  } catch (error) {
    if ((error as { code?: string }).code === 'ENOENT') return otherwise;
    throw error;
  }
};
